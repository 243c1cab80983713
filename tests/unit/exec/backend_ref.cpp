// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/exec/backend_ref.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>

#include "support/backends.hpp"

using mll::exec::backend_ref;

namespace {

struct seven_threads {
  std::string name() const { return "a name of its own, too long for the small buffer of a string"; }
  short concurrency() const { return 7; }
  void for_each(std::size_t n, mll::exec::index_function_ref f) const {
    for (std::size_t i = n; i-- > 0;) f(i);
  }
};

struct loop_only {
  void for_each(std::size_t n, mll::exec::index_function_ref f) const {
    for (std::size_t i = 0; i < n; ++i) f(i);
  }
};

}  // namespace

static_assert(std::is_trivially_copyable_v<backend_ref>);
static_assert(!std::is_constructible_v<backend_ref, const int&>);

TEST_CASE_TEMPLATE("backend_ref does what its backend does", Backend, MLL_TEST_BACKENDS) {
  const Backend backend;
  const backend_ref reference = backend;
  const backend_ref copy = reference;
  CHECK(copy.name() == std::string{std::string_view{backend.name()}});
  CHECK(copy.concurrency() == backend.concurrency());
  std::atomic<std::size_t> sum = 0;
  const auto add = [&](std::size_t i) { sum += i; };
  copy.for_each(100, add);
  CHECK(sum == 4950);
}

TEST_CASE("backend_ref takes a backend whose calls return other types") {
  const seven_threads backend;
  const backend_ref reference = backend;
  CHECK(reference.name() == backend.name());
  CHECK(reference.concurrency() == 7);
  std::string order;
  const auto append = [&](std::size_t i) { order += std::to_string(i); };
  reference.for_each(3, append);
  CHECK(order == "210");
}

TEST_CASE("backend_ref gives a backend that is only a loop a name and the threads of the processor") {
  const loop_only backend;
  const backend_ref reference = backend;
  CHECK(reference.name() == "custom");
  CHECK(reference.concurrency() == std::max<std::size_t>(1, std::thread::hardware_concurrency()));
  std::size_t sum = 0;
  const auto add = [&](std::size_t i) { sum += i; };
  reference.for_each(5, add);
  CHECK(sum == 10);
}
