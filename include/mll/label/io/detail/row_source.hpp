// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"

namespace mll::detail {

/// The rows of a node in files whose nodes may be in another order.
struct row_source {
  node_id node;
  std::size_t place;  ///< position of the node in the files
  std::size_t first;  ///< first row in the files
  std::size_t count;
};

/// Reorders blocks of rows.
template <class T>
[[nodiscard]] matrix<T> reorder_rows(const matrix<T>& values, const std::vector<row_source>& sources) {
  matrix<T> out(values.rows(), values.cols());
  Eigen::Index next = 0;
  for (const row_source& each : sources) {
    const auto count = static_cast<Eigen::Index>(each.count);
    out.middleRows(next, count) = values.middleRows(static_cast<Eigen::Index>(each.first), count);
    next += count;
  }
  return out;
}

}  // namespace mll::detail
