// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/product.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"

namespace mll::detail {

/// `left^T rows / divisor`, 32 columns of `left` at a time over the backend; the same on every backend.
///
/// An entry depends on its two columns and their length alone, to the bit, not on where they stand or on what
/// stands beside them. Eigen's product sums what does not fill its registers in another order than the rest;
/// so both factors are filled up with zeros: 48 is a multiple of what it holds in registers for vectors of
/// 4, 8 and 16 numbers.
/// @return `[columns of left, columns of rows]`
MLL_LOCAL matrix<float> cross_scatter(exec::backend_ref backend, const matrix<float>& left,
                                      const matrix<float>& rows, double divisor) {
  constexpr Eigen::Index tile = 32;
  constexpr Eigen::Index panel = 48;
  const Eigen::Index size = rows.cols();
  const Eigen::Index full = size - size % panel;
  matrix<float> rest(full == size ? 0 : rows.rows(), panel);
  std::fill_n(rest.data(), rest.size(), 0.0F);
  for (Eigen::Index r = 0; r < rest.rows(); ++r)
    std::copy_n(rows.data() + r * size + full, size - full, rest.data() + r * panel);

  matrix<float> out(left.cols(), size);
  const auto tiles = static_cast<std::size_t>((left.cols() + tile - 1) / tile);
  exec::for_each_index(backend, tiles, [&](std::size_t t) {
    const Eigen::Index first = static_cast<Eigen::Index>(t) * tile;
    const Eigen::Index height = std::min(tile, left.cols() - first);
    matrix<float> some(tile, left.rows());
    std::fill_n(some.data(), some.size(), 0.0F);
    for (Eigen::Index r = 0; r < left.rows(); ++r) {
      for (Eigen::Index i = 0; i < height; ++i) some(i, r) = left(r, first + i);
    }
    const auto put = [&](const matrix<float>& block, Eigen::Index column, Eigen::Index width) {
      for (Eigen::Index i = 0; i < height; ++i) {
        for (Eigen::Index j = 0; j < width; ++j)
          out(first + i, column + j) = block(i, j) / static_cast<float>(divisor);
      }
    };
    if (full != 0) put(product<float>(some, rows.leftCols(full)), 0, full);
    if (full != size) put(product<float>(some, rest), full, size - full);
  });
  return out;
}

/// `rows^T rows / divisor`, symmetric; as `cross_scatter`.
MLL_LOCAL matrix<float> scatter(exec::backend_ref backend, const matrix<float>& rows, double divisor) {
  return cross_scatter(backend, rows, rows, divisor);
}

}  // namespace mll::detail
