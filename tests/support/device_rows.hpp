// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/label/statistics/detail/statistics_view.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "support/host_grid.hpp"

namespace mll::test {

/// Node statistics in the layout of a device, in the memory of the host.
struct device_rows {
  explicit device_rows(const node_statistics& statistics)
      : nodes{statistics.node_count()}, heads{statistics.head_count()} {
    for (std::size_t v = 0; v < nodes; ++v) {
      const auto row = statistics.row(v);
      stride = row.size() / 4;
      for (std::size_t i = 0; i < row.size(); i += 4)
        rows.push_back({{row[i], row[i + 1], row[i + 2], row[i + 3]}});
    }
    min_mean.resize(stride);
    host_grid<exec::sequential>{}.launch(stride / detail::min_means::threads + 1,
                                         detail::min_means{view(), min_mean.data()});
  }
  [[nodiscard]] detail::statistics_view view() const {
    return {rows.data(), nodes, heads, stride, min_mean.data()};
  }

  std::size_t nodes = 0;
  std::size_t heads = 0;
  std::size_t stride = 0;
  std::vector<detail::four_means> rows;
  std::vector<detail::four_means> min_mean;
};

}  // namespace mll::test
