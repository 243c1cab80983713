// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_TBB
#include "mll/exec/tbb.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstddef>

#include "mll/exec/for_each_index.hpp"

TEST_CASE("tbb obeys its thread limit") {
  CHECK(mll::exec::tbb{}.name() == "tbb");
  CHECK(mll::exec::tbb{3}.concurrency() == 3);
  for (const std::size_t limit : {1U, 3U}) {
    std::atomic<std::size_t> running = 0;
    std::atomic<std::size_t> max_inside = 0;
    mll::exec::for_each_index(mll::exec::tbb{limit}, 1000, [&](std::size_t) {
      const std::size_t now = ++running;
      for (std::size_t seen = max_inside; seen < now && !max_inside.compare_exchange_weak(seen, now);) {
      }
      --running;
    });
    CHECK(max_inside >= 1);
    CHECK(max_inside <= limit);
  }
}

TEST_CASE("tbb without a limit uses TBB's own number of threads") {
  const auto by_itself = static_cast<std::size_t>(::tbb::this_task_arena::max_concurrency());
  CHECK(mll::exec::tbb{}.concurrency() == by_itself);
  CHECK(mll::exec::tbb{0}.concurrency() == by_itself);
}
#endif
