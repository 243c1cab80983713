// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/testing/check_backend.hpp"

#include <doctest/doctest.h>

#include <concepts>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
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
  static void for_each(std::size_t, mll::exec::index_function_ref) {}
};
struct eager : mll::exec::sequential {
  static void for_each(std::size_t count, mll::exec::index_function_ref f) {
    sequential::for_each(count, f);
    sequential::for_each(count, f);
  }
};
struct hasty : mll::exec::sequential {  // omits the last call
  static void for_each(std::size_t count, mll::exec::index_function_ref f) {
    if (count > 0) sequential::for_each(count - 1, f);
  }
};
struct thrower : mll::exec::sequential {
  static void for_each(std::size_t, mll::exec::index_function_ref) { throw std::runtime_error{"no threads"}; }
};
class not_reentrant {
 public:
  static std::string_view name() { return "not_reentrant"; }
  static std::size_t concurrency() { return 1; }
  void for_each(std::size_t count, mll::exec::index_function_ref f) const {
    if (*busy_) return;
    *busy_ = true;
    for (std::size_t i = 0; i < count; ++i) f(i);
    *busy_ = false;
  }

 private:
  std::shared_ptr<bool> busy_ = std::make_shared<bool>(false);
};
struct careless_copy : mll::exec::sequential {
  bool copied = false;
  careless_copy() = default;
  careless_copy(const careless_copy&) : copied{true} {}
  careless_copy& operator=(const careless_copy&) = default;
  void for_each(std::size_t count, mll::exec::index_function_ref f) const {
    if (!copied) sequential::for_each(count, f);
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
  const std::string miscounted =
      "for_each: expected one call for each of 1000 indices before it returns, found another number of calls";
  CHECK(mentions(check_backend(idle{}), miscounted));
  CHECK(mentions(check_backend(eager{}), miscounted));
  CHECK(mentions(check_backend(hasty{}), miscounted));
  CHECK(mentions(check_backend(thrower{}), "for_each threw: no threads"));
  CHECK(check_backend(not_reentrant{}) ==
        std::vector<std::string>{"nested for_each: expected 9 calls, found 0",
                                 "a copy: nested for_each: expected 9 calls, found 0"});
  const auto found = check_backend(careless_copy{});
  REQUIRE_FALSE(found.empty());
  CHECK(found.front().starts_with("a copy: for_each: expected one call"));
}

#if MLL_TEST_OMP
TEST_CASE("more threads than concurrency() are found") {
  struct modest : mll::exec::omp {
    using mll::exec::omp::omp;
    static std::size_t concurrency() { return 1; }
  };
  // Four threads on a thousand indices: overlap is almost certain, but depends on the machine.
  bool caught = false;
  for (int attempt = 0; attempt < 200 && !caught; ++attempt) {
    caught = mentions(check_backend(modest{4}), "concurrency: expected at most 1 threads at a time");
  }
  CHECK(caught);
}
#endif
