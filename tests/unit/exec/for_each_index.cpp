// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/exec/for_each_index.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/backends.hpp"

TEST_CASE_TEMPLATE("for_each_index calls every index once", Backend, MLL_TEST_BACKENDS) {
  for (const std::size_t count : {0U, 1U, 2U, 1000U}) {
    std::vector<std::atomic<int>> calls(count);
    mll::exec::for_each_index(Backend{}, count, [&](std::size_t i) { ++calls[i]; });
    for (const auto& n : calls) CHECK(n == 1);
  }
}

TEST_CASE_TEMPLATE("for_each_index rethrows what the lowest index threw", Backend, MLL_TEST_BACKENDS) {
  const auto fails = [](std::size_t i) {
    if (i == 17 || i == 900) throw std::runtime_error{std::to_string(i)};
  };
  CHECK_THROWS_WITH_AS(mll::exec::for_each_index(Backend{}, 1000, fails), "17", std::runtime_error);
}

TEST_CASE("for_each_index leaves out calls above an index that threw") {
  std::size_t calls = 0;
  const auto fails = [&](std::size_t i) {
    ++calls;
    if (i == 3) throw 7;
  };
  CHECK_THROWS_AS(mll::exec::for_each_index(mll::exec::sequential{}, 1000, fails), int);
  CHECK(calls == 4);
}

TEST_CASE_TEMPLATE("for_each_index may be called from within", Backend, MLL_TEST_BACKENDS) {
  std::atomic<int> calls = 0;
  const Backend backend;
  mll::exec::for_each_index(backend, 10, [&](std::size_t) {
    mll::exec::for_each_index(backend, 10, [&](std::size_t) { ++calls; });
  });
  CHECK(calls == 100);
}
