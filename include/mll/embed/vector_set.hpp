// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <concepts>
#include <cstddef>
#include <memory>
#include <utility>

#include "mll/core/matrix.hpp"

namespace mll {

/// Vectors of one dimension, in memory or in a mapped file (`read_vector_set`). Immutable; copies are cheap
/// and share the numbers.
///
/// @tparam T `float`, or `Eigen::half` for half the memory and three digits
template <class T = float>
  requires std::same_as<T, float> || std::same_as<T, Eigen::half>
class vector_set {
 public:
  vector_set() = default;
  /// Takes ownership of a matrix.
  explicit vector_set(matrix<T> values) {
    const auto kept = std::make_shared<const matrix<T>>(std::move(values));
    *this = vector_set{kept->data(), kept->rows(), kept->cols(), kept};
  }
  /// Numbers kept alive by `owner`, `[rows, columns]` in row-major order.
  vector_set(const T* first, Eigen::Index rows, Eigen::Index columns, std::shared_ptr<const void> owner)
      : owner_{std::move(owner)}, first_{first}, rows_{rows}, columns_{columns} {}

  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(rows_); }
  [[nodiscard]] std::size_t dimension() const noexcept { return static_cast<std::size_t>(columns_); }
  /// `[size(), dimension()]`; valid as long as a copy of the set exists.
  [[nodiscard]] Eigen::Map<const matrix<T>> rows() const noexcept { return {first_, rows_, columns_}; }

 private:
  std::shared_ptr<const void> owner_;
  const T* first_ = nullptr;
  Eigen::Index rows_ = 0;
  Eigen::Index columns_ = 0;
};

}  // namespace mll
