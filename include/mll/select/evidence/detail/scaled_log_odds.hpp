// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"

namespace mll::detail {

/// Log-odds of `softmax_y(scale * cosine_y)`, one column per class.
template <class T>
matrix<T> scaled_log_odds(const matrix<T>& cosines, T scale) {
  matrix<T> out(cosines.rows(), cosines.cols());
  std::vector<T> row(static_cast<std::size_t>(cosines.cols()));
  for (Eigen::Index i = 0; i < cosines.rows(); ++i) {
    for (std::size_t y = 0; y < row.size(); ++y) row[y] = scale * cosines(i, static_cast<Eigen::Index>(y));
    numerics::softmax(std::span{row});
    for (std::size_t y = 0; y < row.size(); ++y)
      out(i, static_cast<Eigen::Index>(y)) = numerics::logit(row[y]);
  }
  return out;
}

}  // namespace mll::detail
