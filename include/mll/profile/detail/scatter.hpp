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

/// `rows^T rows / divisor`, 32 rows of the result at a time over the backend; the same on every backend.
MLL_LOCAL matrix<float> scatter(exec::backend_ref backend, const matrix<float>& rows, double divisor) {
  constexpr Eigen::Index tile = 32;
  const Eigen::Index size = rows.cols();
  matrix<float> out(size, size);
  exec::for_each_index(backend, static_cast<std::size_t>((size + tile - 1) / tile), [&](std::size_t t) {
    const Eigen::Index first = static_cast<Eigen::Index>(t) * tile;
    const Eigen::Index height = std::min(tile, size - first);
    matrix<float> left(height, rows.rows());
    for (Eigen::Index r = 0; r < rows.rows(); ++r) {
      for (Eigen::Index i = 0; i < height; ++i) left(i, r) = rows(r, first + i);
    }
    const matrix<float> block = product<float>(left, rows);
    for (Eigen::Index i = 0; i < block.size(); ++i)
      out.data()[first * size + i] = block.data()[i] / static_cast<float>(divisor);
  });
  return out;
}

}  // namespace mll::detail
