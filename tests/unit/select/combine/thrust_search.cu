// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/combine/detail/thrust/thrust_search.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "mll/exec/detail/thrust_device.cuh"
#include "support/device_oracles.hpp"
#include "support/device_test.hpp"
#include "support/random_pool.hpp"

MLL_DEVICE_TEST(thrust_search_is_the_same,
                "the search by Thrust on a device chooses the same as on the host") {
  const mll::exec::detail::thrust_device grid{mll::exec::cuda{}};
  for (const std::uint64_t seed : {4U, 5U, 6U}) {
    const mll::test::random_pool pool{3 + 5 * seed, 40, 13, seed};
    const auto expected = mll::test::search_by_thrust(pool.view);
    mll::detail::thrust_search search{grid, pool.view};
    const auto found = search.run();
    const auto again = search.run();
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
