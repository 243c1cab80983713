// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>

#include "mll/core/matrix.hpp"

namespace mll::detail {

/// The matrix product `left * right`, with the same bits whatever the number of Eigen's threads.
///
/// In a program that is compiled with OpenMP, Eigen splits large products among threads, and how it splits
/// them shows in the last bits. It never does so for a destination that cannot have more than 32 rows; so the
/// product is taken a few rows at a time. Threads are the business of the stages, which spread whole products
/// over a backend.
///
/// Complexity: as the product.
template <class T>
[[nodiscard]] matrix<T> product(const const_matrix_ref<T>& left, const const_matrix_ref<T>& right) {
  constexpr int rows_together = 32;
  using block_type =
      Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor, rows_together, Eigen::Dynamic>;
  matrix<T> out(left.rows(), right.cols());
  block_type block;
  for (Eigen::Index row = 0; row < left.rows(); row += rows_together) {
    const Eigen::Index rows = std::min<Eigen::Index>(rows_together, left.rows() - row);
    block.resize(rows, right.cols());
    block.noalias() = left.middleRows(row, rows) * right;
    out.middleRows(row, rows) = block;
  }
  return out;
}

}  // namespace mll::detail
