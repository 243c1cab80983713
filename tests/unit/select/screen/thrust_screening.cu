// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/screen/detail/thrust_screening.hpp"

#include <cstddef>

#include "../../../../benchmarks/support/wide_hub.hpp"
#include "mll/exec/detail/thrust_device.cuh"
#include "mll/label/statistics/device_node_statistics.cuh"
#include "support/device_oracles.hpp"
#include "support/device_test.hpp"

MLL_DEVICE_TEST(thrust_screening_is_the_same, "screening by Thrust on a device is bitwise that of the host") {
  const mll::exec::cuda device;
  const mll::exec::detail::thrust_device grid{device};
  const auto size = mll::benchmark::wide_size::of("small");
  const mll::benchmark::wide_hub hub{size, 3};
  const mll::sparse_node_statistics sparse{size.nodes, hub.excesses()};
  const mll::device_node_statistics statistics{device, sparse};
  const auto nodes = hub.task(3);
  for (const std::size_t max_heads : {1U, 64U, 3000U}) {
    const auto expected = mll::test::screen_sparsely(sparse, nodes, max_heads);
    for (const std::size_t max_entries : {std::size_t{1} << 16U, std::size_t{1} << 24U}) {
      mll::detail::thrust_screening screening{grid, statistics.view(), nodes, max_heads, max_entries};
      MLL_DEVICE_CHECK(screening.run() == expected);
      MLL_DEVICE_CHECK(screening.run() == expected);
    }
  }
}
