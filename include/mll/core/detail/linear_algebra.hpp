// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "mll/core/matrix.hpp"

// Small linear algebra in double precision as loops; see `elementwise.hpp` for why not as expressions. The
// order of summation is fixed, so results do not depend on backend or thread count.
namespace mll::detail {

/// A row of a matrix.
template <class T>
[[nodiscard]] std::span<T> row_of(matrix<T>& values, std::size_t row) {
  const auto width = static_cast<std::size_t>(values.cols());
  return {values.data() + row * width, width};
}
template <class T>
[[nodiscard]] std::span<const T> row_of(const matrix<T>& values, std::size_t row) {
  const auto width = static_cast<std::size_t>(values.cols());
  return {values.data() + row * width, width};
}

template <class T>
[[nodiscard]] matrix<T> zeros(std::size_t rows, std::size_t columns) {
  matrix<T> out(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
  std::fill_n(out.data(), out.size(), T{0});
  return out;
}

/// `sum_i a_i b_i`
[[nodiscard]] inline double dot(std::span<const double> a, std::span<const double> b) noexcept {
  constexpr std::size_t chains = 8;
  double sums[chains] = {};
  std::size_t i = 0;
  for (; i + chains <= a.size(); i += chains) {
    for (std::size_t c = 0; c < chains; ++c) sums[c] += a[i + c] * b[i + c];
  }
  double rest = 0;
  for (; i < a.size(); ++i) rest += a[i] * b[i];
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7])) + rest;
}

/// `y += factor * x`; the two do not overlap.
inline void add_scaled(double factor, std::span<const double> x, std::span<double> y) noexcept {
  constexpr std::size_t step = 8;
  const double* __restrict from = x.data();
  double* __restrict to = y.data();
  std::size_t i = 0;
  for (; i + step <= x.size(); i += step) {
    for (std::size_t k = 0; k < step; ++k) to[i + k] += factor * from[i + k];
  }
  for (; i < x.size(); ++i) to[i] += factor * from[i];
}

/// Solves `a x = b` for a small symmetric positive definite matrix, by Cholesky's decomposition.
/// @param[in,out] a the matrix, its lower triangle is enough; then the factor
/// @param[in,out] b the right side; then the solution
/// Complexity: O(n^3).
inline void solve_spd(matrix<double>& a, std::span<double> b) noexcept {
  const std::size_t n = b.size();
  const auto at = [&](std::size_t i, std::size_t j) -> double& { return row_of(a, i)[j]; };
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = j; i < n; ++i) {
      const double rest = at(i, j) - dot(row_of(a, i).first(j), row_of(a, j).first(j));
      at(i, j) = i == j ? std::sqrt(rest) : rest / at(j, j);
    }
  }
  for (std::size_t i = 0; i < n; ++i) b[i] = (b[i] - dot(row_of(a, i).first(i), b.first(i))) / at(i, i);
  for (std::size_t i = n; i-- > 0;) {
    b[i] /= at(i, i);
    for (std::size_t j = 0; j < i; ++j) b[j] -= at(i, j) * b[i];
  }
}

}  // namespace mll::detail
