// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

// xtensor moved its headers in 0.26; no other header of mll includes them directly.
#if __has_include(<xtensor/containers/xtensor.hpp>)
#include <xtensor/containers/xtensor.hpp>
#else
#include <xtensor/xtensor.hpp>
#endif

#include <Eigen/Core>
#include <array>
#include <cstddef>

#include "mll/core/matrix.hpp"

namespace mll {

/// Views a two-dimensional tensor as a matrix, without a copy. The tensor must outlive the view.
template <class T>
[[nodiscard]] Eigen::Map<const matrix<T>> as_matrix(const xt::xtensor<T, 2>& tensor) {
  return {tensor.data(), static_cast<Eigen::Index>(tensor.shape(0)),
          static_cast<Eigen::Index>(tensor.shape(1))};
}
/// Views a two-dimensional tensor as a writable matrix.
template <class T>
[[nodiscard]] Eigen::Map<matrix<T>> as_matrix(xt::xtensor<T, 2>& tensor) {
  return {tensor.data(), static_cast<Eigen::Index>(tensor.shape(0)),
          static_cast<Eigen::Index>(tensor.shape(1))};
}
/// Deleted: a view of a temporary would dangle.
template <class T>
void as_matrix(const xt::xtensor<T, 2>&& tensor) = delete;

/// Copies a matrix, or any Eigen expression, into a tensor `[rows, cols]`.
template <class Derived>
[[nodiscard]] xt::xtensor<typename Derived::Scalar, 2> as_xtensor(const Eigen::DenseBase<Derived>& values) {
  const std::array<std::size_t, 2> shape{static_cast<std::size_t>(values.rows()),
                                         static_cast<std::size_t>(values.cols())};
  xt::xtensor<typename Derived::Scalar, 2> out{shape};
  as_matrix(out) = values;
  return out;
}

}  // namespace mll
