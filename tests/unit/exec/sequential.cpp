// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/exec/sequential.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <thread>
#include <vector>

#include "mll/exec/for_each_index.hpp"

TEST_CASE("sequential runs everything on the calling thread, in order") {
  const mll::exec::sequential backend;
  CHECK(backend.name() == "sequential");
  CHECK(backend.concurrency() == 1);
  std::vector<std::size_t> order;
  bool same_thread = true;
  mll::exec::for_each_index(backend, 100, [&, caller = std::this_thread::get_id()](std::size_t i) {
    order.push_back(i);
    same_thread = same_thread && std::this_thread::get_id() == caller;
  });
  CHECK(same_thread);
  REQUIRE(order.size() == 100);
  for (std::size_t i = 0; i < order.size(); ++i) CHECK(order[i] == i);
}
