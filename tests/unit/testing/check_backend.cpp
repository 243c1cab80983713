#include "mll/testing/check_backend.hpp"

#include <doctest/doctest.h>

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/testing/archetypes.hpp"
#include "support/backends.hpp"
#include "support/complaints.hpp"

using mll::test::mentions;
using mll::testing::check_backend;

namespace {

struct nameless : mll::exec::sequential {
  static std::string_view name() { return ""; }
};
struct threadless : mll::exec::sequential {
  static std::size_t concurrency() { return 0; }
};
struct idle : mll::exec::sequential {
  template <class F>
  void run(F&&) const {}
};
struct eager : mll::exec::sequential {
  template <class F>
  void run(F&& f) const {
    f();
    f();
  }
};
struct silencer : mll::exec::sequential {
  template <class F>
  void run(F&& f) const {
    try {
      f();
    } catch (...) {
    }
  }
};
struct careless_copy : mll::exec::sequential {
  bool copied = false;
  careless_copy() = default;
  careless_copy(const careless_copy&) : copied{true} {}
  careless_copy& operator=(const careless_copy&) = default;
  template <class F>
  void run(F&& f) const {
    if (!copied) f();
  }
};

}  // namespace

TEST_CASE_TEMPLATE("the backends of the library pass", Backend, MLL_TEST_BACKENDS) {
  CHECK(check_backend(Backend{}) == std::vector<std::string>{});
  if constexpr (std::constructible_from<Backend, std::size_t>) {
    for (const std::size_t threads : {1U, 2U, 3U})
      CHECK(check_backend(Backend{threads}) == std::vector<std::string>{});
  }
}

TEST_CASE("the archetype passes") {
  CHECK(check_backend(mll::testing::backend_archetype{0}).empty());
}

TEST_CASE("planted faults are found") {
  CHECK(check_backend(nameless{}) ==
        std::vector<std::string>{"name: expected a name, found an empty one",
                                 "a copy: name: expected a name, found an empty one"});
  CHECK(mentions(check_backend(threadless{}), "concurrency: expected at least 1, found 0"));
  CHECK(mentions(check_backend(idle{}), "run: expected 1 call of its argument before it returns, found 0"));
  CHECK(mentions(check_backend(idle{}), "policy: expected every one of 1000 indices once, found others"));
  CHECK(mentions(check_backend(eager{}), "before it returns, found 2"));
  CHECK(mentions(check_backend(silencer{}), "run: expected what its argument throws to come through"));
  const auto found = check_backend(careless_copy{});
  REQUIRE_FALSE(found.empty());
  CHECK(found.front().starts_with("a copy: run: expected 1 call"));
}

#if MLL_TEST_OMP
TEST_CASE("more threads than announced are found") {
  struct modest : mll::exec::omp {
    using mll::exec::omp::omp;
    static std::size_t concurrency() { return 1; }
  };
  // Four threads on a thousand indices: some overlap is as good as certain, but the machine decides.
  bool caught = false;
  for (int attempt = 0; attempt < 200 && !caught; ++attempt) {
    caught = mentions(check_backend(modest{4}), "concurrency: expected at most 1 threads at a time");
  }
  CHECK(caught);
}
#endif
