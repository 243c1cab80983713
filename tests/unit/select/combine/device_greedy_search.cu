// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/combine/device_greedy_search.cuh"

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "support/device_oracles.hpp"
#include "support/device_test.hpp"
#include "support/random_pool.hpp"

MLL_DEVICE_TEST(search_is_the_same,
                "device_greedy_search chooses the same on the device as with its kernels on the host") {
  const mll::exec::cuda device;
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const mll::test::random_pool pool{3 + 5 * seed, 40, 13, seed};
    const auto expected = mll::test::search_in_blocks(pool.view);
    const auto found = mll::device_greedy_search{}(device, pool.view);
    const auto again = mll::device_greedy_search{}(device, pool.view);
    MLL_DEVICE_CHECK(found.size() == expected.size());
    for (std::size_t y = 0; y < found.size(); ++y) {
      MLL_DEVICE_CHECK(found[y].size() == expected[y].size());
      for (std::size_t i = 0; i < found[y].size() && i < expected[y].size(); ++i) {
        MLL_DEVICE_CHECK(found[y][i].candidate == expected[y][i].candidate);
        MLL_DEVICE_CHECK(std::abs(found[y][i].gain - expected[y][i].gain) < 1e-5F);
        MLL_DEVICE_CHECK(found[y][i].gain == again[y][i].gain);
      }
    }
  }
}
