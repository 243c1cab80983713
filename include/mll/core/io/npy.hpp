// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <type_traits>

#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/core/io/map_file.hpp"
#include "mll/core/io/npy_header.hpp"
#include "mll/core/matrix.hpp"

namespace mll {

namespace detail {

template <class T>
[[nodiscard]] constexpr npy_type npy_type_of() noexcept {
  const bool real = std::is_floating_point_v<T> || std::is_same_v<T, Eigen::half>;
  return {std::is_same_v<T, bool> ? 'b' : real ? 'f' : std::is_unsigned_v<T> ? 'u' : 'i', sizeof(T)};
}

/// The values of a mapped `.npy` file with this header as `[rows, columns]`, whose product is their number.
/// Throws: `parse_error` naming the file if they have another type.
template <class T>
[[nodiscard]] matrix<T> npy_values(const file_bytes& file, const npy_header& header, std::size_t rows,
                                   std::size_t columns, npy_type type = npy_type_of<T>()) {
  if (header.type != type) {
    throw parse_error{file.name, 0, "values of type '" + npy_type_name(type) + "'",
                      "'" + npy_type_name(header.type) + "'"};
  }
  matrix<T> out(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
  const std::string_view values = file.content.substr(header.data_begin);
  if (values.empty()) return out;
  if (!header.column_major) {
    std::memcpy(static_cast<void*>(out.data()), values.data(), values.size());
  } else {
    const char* from = values.data();
    for (std::size_t c = 0; c < columns; ++c) {
      for (std::size_t r = 0; r < rows; ++r, from += sizeof(T))
        std::memcpy(static_cast<void*>(out.data() + r * columns + c), from, sizeof(T));
    }
  }
  if (header.big_endian) {
    auto* bytes = reinterpret_cast<char*>(out.data());
    for (std::size_t i = 0; i < rows * columns; ++i, bytes += sizeof(T))
      std::reverse(bytes, bytes + sizeof(T));
  }
  return out;
}

template <class T>
void write_npy_as(const std::filesystem::path& path, const matrix<T>& values, npy_type type) {
  std::ofstream stream{path, std::ios::binary};
  stream << format_npy_header(type, static_cast<std::size_t>(values.rows()),
                              static_cast<std::size_t>(values.cols()));
  const auto bytes = std::as_bytes(std::span{values.data(), static_cast<std::size_t>(values.size())});
  stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (!stream) throw error{"cannot write " + path.string()};
}

}  // namespace detail

/// Reads a `.npy` file (`numpy.save`): versions 1 to 3 of the format, either byte order, C or Fortran order.
///
/// @tparam T type of the values: `float`, `double`, `Eigen::half`, `bool` or an integer
/// @return `[rows, columns]`; one dimension is one column
///
/// Throws: `parse_error` naming the file if it is missing, malformed, truncated or too long, or has another
/// type or number of dimensions. Complexity: linear. Sizes are checked before memory is allocated.
template <class T = float>
[[nodiscard]] matrix<T> read_npy(const std::filesystem::path& path) {
  const detail::file_bytes file = detail::map_file(path);
  const detail::npy_header header = detail::parse_npy_header(file);
  if (header.shape.empty() || header.shape.size() > 2)
    throw parse_error{file.name, 0, "one or two dimensions", "shape " + detail::npy_shape(header.shape)};
  return detail::npy_values<T>(file, header, header.shape[0],
                               header.shape.size() == 2 ? header.shape[1] : std::size_t{1});
}

/// Writes a matrix as a `.npy` file of version 1.0, in C order. Throws: `error` naming the file.
template <class T>
void write_npy(const std::filesystem::path& path, const matrix<T>& values) {
  detail::write_npy_as(path, values, detail::npy_type_of<T>());
}

}  // namespace mll
