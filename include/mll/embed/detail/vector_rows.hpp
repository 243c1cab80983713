// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/core/matrix.hpp"

namespace mll::detail {

/// The type of the numbers of a stored vector.
enum class stored_as { float32, float16 };

[[nodiscard]] constexpr std::size_t size_of(stored_as type) noexcept {
  return type == stored_as::float32 ? 4 : 2;
}

/// Vectors in the bytes of a file or a matrix, at any distance from each other, aligned or not. A row is read
/// when it is used. Copies share the bytes.
class vector_rows {
 public:
  vector_rows() = default;
  /// Contiguous rows from byte `first`; the bytes must contain all of them.
  vector_rows(file_bytes bytes, std::size_t first, std::size_t count, std::size_t dimension, stored_as type)
      : bytes_{std::move(bytes)}, first_{first}, count_{count}, dimension_{dimension}, type_{type} {}
  /// Rows in single precision at the given bytes.
  vector_rows(file_bytes bytes, std::vector<std::size_t> places, std::size_t dimension)
      : bytes_{std::move(bytes)}, places_{std::move(places)}, count_{places_.size()}, dimension_{dimension} {}
  /// The rows of a matrix, of which it takes ownership.
  vector_rows(matrix<float> values, std::string name)
      : count_{static_cast<std::size_t>(values.rows())}, dimension_{static_cast<std::size_t>(values.cols())} {
    const auto kept = std::make_shared<const matrix<float>>(std::move(values));
    const auto* start = reinterpret_cast<const char*>(kept->data());
    bytes_ = {std::move(name), {start, count_ * dimension_ * sizeof(float)}, kept};
  }

  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] std::size_t dimension() const noexcept { return dimension_; }

  /// Adds row i to a sum. Throws: `parse_error` for a number that is not finite.
  void add_to(std::span<double> sum, std::size_t i) const {
    const std::size_t width = size_of(type_);
    const std::size_t place = places_.empty() ? first_ + i * dimension_ * width : places_[i];
    const char* at = bytes_.content.data() + place;
    for (std::size_t d = 0; d < dimension_; ++d, at += width) {
      const double value =
          type_ == stored_as::float32 ? double{load<float>(at)} : static_cast<double>(load<Eigen::half>(at));
      if (!std::isfinite(value)) {
        throw parse_error{
            bytes_.name, 0, "finite numbers",
            number_text(value) + " in column " + std::to_string(d) + " of vector " + std::to_string(i)};
      }
      sum[d] += value;
    }
  }

 private:
  template <class T>
  static T load(const char* at) {
    T value;
    std::memcpy(static_cast<void*>(&value), at, sizeof(T));
    return value;
  }

  file_bytes bytes_;
  std::vector<std::size_t> places_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  std::size_t dimension_ = 0;
  stored_as type_ = stored_as::float32;
};

}  // namespace mll::detail
