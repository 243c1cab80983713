#include "mll/exec/backend.hpp"

#include <doctest/doctest.h>

#include <string_view>

#include "support/backends.hpp"

namespace {

// The smallest legal backend.
struct archetype {
  struct any_policy {};
  std::string_view name() const { return "archetype"; }
  std::size_t concurrency() const { return 1; }
  any_policy policy() const { return {}; }
  template <class F>
  void run(F&& f) const {
    f();
  }
};

struct without_run {
  std::string_view name() const { return "without_run"; }
  std::size_t concurrency() const { return 1; }
  int policy() const { return 0; }
};

struct without_name {
  std::size_t concurrency() const { return 1; }
  int policy() const { return 0; }
  template <class F>
  void run(F&& f) const {
    f();
  }
};

static_assert(mll::exec::execution_backend<archetype>);
static_assert(!mll::exec::execution_backend<without_run>);
static_assert(!mll::exec::execution_backend<without_name>);
static_assert(!mll::exec::execution_backend<decltype(thrust::cpp::par)>);

}  // namespace

TEST_CASE_TEMPLATE("a backend has a name, at least one thread, and runs what it is given once", Backend,
                   MLL_TEST_BACKENDS) {
  const Backend backend;
  CHECK(!std::string_view{backend.name()}.empty());
  CHECK(backend.concurrency() >= 1);
  int calls = 0;
  backend.run([&] { ++calls; });
  CHECK(calls == 1);
}

TEST_CASE_TEMPLATE("an exception leaves run() as it is", Backend, MLL_TEST_BACKENDS) {
  CHECK_THROWS_AS(Backend{}.run([] { throw 7; }), int);
}
