// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/core/io/map_file.hpp"
#include "mll/core/io/npy_header.hpp"
#include "mll/core/matrix.hpp"

namespace mll {

/// A mapped `.npy` file of real numbers, whose rows are read as single precision: floats of 16, 32 and 64
/// bits, integers and bool, versions 1 to 3 of the format, either byte order, C or Fortran order. Numbers are
/// rounded to the nearest `float`. One dimension is one column. The file must not change meanwhile.
///
/// `read_npy` reads numbers of one type, exactly.
class npy_rows {
 public:
  /// Throws: `parse_error` naming the file if it is missing, malformed, truncated or too long, or has another
  /// type or number of dimensions. Complexity: constant.
  explicit npy_rows(const std::filesystem::path& path) : npy_rows{detail::map_file(path)} {}
  /// The same for a file that is mapped.
  explicit npy_rows(detail::file_bytes file)
      : file_{std::move(file)}, header_{detail::parse_npy_header(file_)}, load_{loader(header_.type)} {
    if (load_ == nullptr) {
      throw parse_error{file_.name, 0, "real numbers of at most 64 bits, such as '<f4', '<f8' or '|u1'",
                        "'" + detail::npy_type_name(header_.type) + "'"};
    }
    const auto& shape = header_.shape;
    if (shape.empty() || shape.size() > 2)
      throw parse_error{file_.name, 0, "one or two dimensions", "shape " + detail::npy_shape(shape)};
    if (shape.size() == 2) columns_ = shape[1];
  }

  [[nodiscard]] std::size_t size() const noexcept { return header_.shape[0]; }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }

  /// Reads a row. @param[out] out `[columns()]`
  /// Throws: `parse_error` naming the file, row and column of a finite number beyond the range of `float`.
  void read(std::size_t row, std::span<float> out) const {
    const std::size_t width = header_.type.bytes;
    const std::size_t stride = header_.column_major ? size() : 1;
    const std::size_t first = header_.column_major ? row : row * columns_;
    const char* const values = file_.content.data() + header_.data_begin;
    if (stride == 1 && is_native()) {
      if (columns_ != 0) std::memcpy(out.data(), values + first * width, columns_ * width);
      return;
    }
    std::array<char, 8> bytes{};
    for (std::size_t c = 0; c < columns_; ++c) {
      const char* from = values + (first + c * stride) * width;
      for (std::size_t b = 0; b < width; ++b) bytes[header_.big_endian ? width - 1 - b : b] = from[b];
      const double too_large = load_(bytes.data(), out[c]);
      if (too_large == 0) continue;
      throw parse_error{file_.name, 0, "numbers within the range of float32",
                        detail::number_text(too_large) + " in row " + std::to_string(row) + ", column " +
                            std::to_string(c)};
    }
  }

  /// All rows, `[size(), columns()]`. Throws: as `read`.
  [[nodiscard]] matrix<float> all() const {
    matrix<float> out(static_cast<Eigen::Index>(size()), static_cast<Eigen::Index>(columns_));
    for (std::size_t r = 0; r < size(); ++r) read(r, {out.data() + r * columns_, columns_});
    return out;
  }

 private:
  /// Converts a number; returns one that does not fit, else 0.
  using load_function = double (*)(const char* bytes, float& out);

  template <class T>
  static double load(const char* bytes, float& out) {
    T value{};
    std::memcpy(static_cast<void*>(&value), bytes, sizeof(T));
    if constexpr (std::is_same_v<T, double>) {
      if (std::isfinite(value) && std::abs(value) > double{std::numeric_limits<float>::max()}) return value;
    }
    out = static_cast<float>(value);
    return 0;
  }
  static double load_bool(const char* bytes, float& out) {
    out = *bytes == 0 ? 0.0F : 1.0F;
    return 0;
  }

  static load_function loader(detail::npy_type type) noexcept {
    constexpr std::pair<detail::npy_type, load_function> known[] = {
        {{'f', 2}, load<Eigen::half>},   {{'f', 4}, load<float>},         {{'f', 8}, load<double>},
        {{'b', 1}, load_bool},           {{'i', 1}, load<std::int8_t>},   {{'i', 2}, load<std::int16_t>},
        {{'i', 4}, load<std::int32_t>},  {{'i', 8}, load<std::int64_t>},  {{'u', 1}, load<std::uint8_t>},
        {{'u', 2}, load<std::uint16_t>}, {{'u', 4}, load<std::uint32_t>}, {{'u', 8}, load<std::uint64_t>}};
    for (const auto& [each, load] : known) {
      if (each == type) return load;
    }
    return nullptr;
  }
  [[nodiscard]] bool is_native() const noexcept {
    return header_.type == detail::npy_type{'f', sizeof(float)} && !header_.big_endian;
  }

  detail::file_bytes file_;
  detail::npy_header header_;
  load_function load_;
  std::size_t columns_ = 1;
};

}  // namespace mll
