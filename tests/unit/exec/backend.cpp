// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/exec/backend.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstddef>
#include <string_view>
#include <vector>

#include "support/backends.hpp"

namespace {

using mll::exec::index_function_ref;

struct without_for_each {
  std::string_view name() const { return "without_for_each"; }
  std::size_t concurrency() const { return 1; }
};
struct smallest {
  void for_each(std::size_t, index_function_ref) const {}
};
struct changed_by_its_loop : without_for_each {
  void for_each(std::size_t, index_function_ref) {}
};

static_assert(mll::exec::execution_backend<smallest>);
static_assert(!mll::exec::execution_backend<without_for_each>);
static_assert(!mll::exec::execution_backend<changed_by_its_loop>);
static_assert(!mll::exec::execution_backend<decltype(thrust::cpp::par)>);

}  // namespace

TEST_CASE_TEMPLATE("a backend has a name and at least one thread, and calls each index once", Backend,
                   MLL_TEST_BACKENDS) {
  const Backend backend;
  CHECK(!std::string_view{backend.name()}.empty());
  CHECK(backend.concurrency() >= 1);
  for (const std::size_t count : {0U, 1U, 2U, 1000U}) {
    std::vector<std::atomic<int>> calls(count);
    const auto count_call = [&](std::size_t i) { ++calls[i]; };
    backend.for_each(count, index_function_ref{count_call});
    for (const auto& n : calls) CHECK(n == 1);
  }
}
