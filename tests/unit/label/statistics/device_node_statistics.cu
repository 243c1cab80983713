// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/statistics/device_node_statistics.cuh"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../../../../benchmarks/support/wide_hub.hpp"
#include "support/device_test.hpp"

MLL_DEVICE_TEST(statistics_arrive, "node statistics arrive on the device as they are, dense or sparse") {
  const mll::exec::cuda device;
  const auto size = mll::benchmark::wide_size::of("small");
  const auto excesses = mll::benchmark::wide_hub{size, 3}.excesses();
  const mll::sparse_node_statistics sparse{size.nodes, excesses};
  mll::node_statistics dense{size.nodes, size.heads};
  for (std::size_t h = 0; h < size.heads; ++h) {
    for (const auto& here : excesses[h])
      dense.set(here.node, h, static_cast<float>(here.excess) / mll::node_statistics::one);
  }
  const mll::device_node_statistics from_dense{device, dense};
  const mll::device_node_statistics from_sparse{device, sparse};
  for (const auto* statistics : {&from_dense, &from_sparse}) {
    const auto view = statistics->view();
    MLL_DEVICE_CHECK(statistics->head_count() == size.heads && statistics->node_count() == size.nodes);
    // The rows and the minimum of each column.
    MLL_DEVICE_CHECK(statistics->size_bytes() == (size.nodes + 1) * dense.row(0).size_bytes());
    MLL_DEVICE_CHECK(statistics->device() == device.device());
    std::vector<mll::detail::four_means> back(view.nodes * view.stride);
    std::vector<mll::detail::four_means> min_mean(view.stride);
    const auto read = [](auto& to, const auto* from) {
      mll::exec::cuda::require(cudaMemcpy(to.data(), from, to.size() * sizeof(to[0]), cudaMemcpyDeviceToHost),
                               "reading back");
    };
    read(back, view.rows);
    read(min_mean, view.min_mean);
    for (std::size_t h = 0; h < size.heads; ++h) {
      std::uint16_t expected = 65535;
      for (std::size_t v = 0; v < size.nodes; ++v) expected = std::min(expected, dense.row(v)[h]);
      MLL_DEVICE_CHECK(min_mean[h / 4].of[h % 4] == expected);
    }
    std::size_t different = 0;
    std::size_t positive = 0;
    for (std::size_t v = 0; v < size.nodes; ++v) {
      const auto row = dense.row(v);
      for (std::size_t h = 0; h < row.size(); ++h) {
        different += back[v * view.stride + h / 4].of[h % 4] != row[h] ? 1 : 0;
        positive += row[h] != 0 ? 1 : 0;
      }
    }
    MLL_DEVICE_CHECK(different == 0);
    MLL_DEVICE_CHECK(positive > size.heads);
  }
}
