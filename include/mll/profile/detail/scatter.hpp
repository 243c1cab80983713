// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <concepts>
#include <cstddef>

#include "mll/core/detail/product.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"

namespace mll::detail {

/// `rows^T rows / divisor`, 32 rows of the result at a time over the backend; the same on every backend.
template <exec::execution_backend Backend, std::floating_point Real>
matrix<Real> scatter(const Backend& backend, const matrix<Real>& rows, double divisor) {
  constexpr Eigen::Index tile = 32;
  const Eigen::Index size = rows.cols();
  matrix<Real> out(size, size);
  exec::for_each_index(backend, static_cast<std::size_t>((size + tile - 1) / tile), [&](std::size_t t) {
    const Eigen::Index first = static_cast<Eigen::Index>(t) * tile;
    const Eigen::Index height = std::min(tile, size - first);
    const matrix<Real> left = rows.middleCols(first, height).transpose();
    out.middleRows(first, height) = product<Real>(left, rows) / static_cast<Real>(divisor);
  });
  return out;
}

}  // namespace mll::detail
