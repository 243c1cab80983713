// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "mll/core/xtensor.hpp"
//
#include MLL_XTENSOR_NPY_HEADER

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <string>
#include <type_traits>

#include "mll/core/error.hpp"
#include "mll/core/io/npy_header.hpp"
#include "mll/core/matrix.hpp"

namespace mll::detail {

/// What a value is written as. xtensor knows no half precision: its bits go as whole numbers (in NumPy:
/// `array.view("f2")`).
template <class T>
using npy_type = std::conditional_t<std::is_arithmetic_v<T>, T, std::uint16_t>;

/// How NumPy names such values on this machine, `<f4`.
template <class T>
[[nodiscard]] std::string npy_type_name() {
  const char order = sizeof(T) == 1 ? '|' : std::endian::native == std::endian::little ? '<' : '>';
  const char kind = std::is_floating_point_v<T> ? 'f' : std::is_unsigned_v<T> ? 'u' : 'i';
  return {order, kind, static_cast<char>('0' + sizeof(T))};
}

/// Throws: `parse_error` unless the file holds a row-major matrix of this type and shape, whole and nothing
/// else. xtensor trusts what a header says; this looks first.
template <class T>
void check_npy(const std::filesystem::path& path, const std::array<std::size_t, 2>& shape) {
  const npy_header found = read_npy_header(path);
  if (found.type != npy_type_name<npy_type<T>>() || found.column_major) {
    throw parse_error{
        path.string(), 0, "a row-major array of type '" + npy_type_name<npy_type<T>>() + "'",
        (found.column_major ? "a column-major one of type '" : "type '") + found.type.substr(0, 40) + "'"};
  }
  if (found.shape.size() != 2 || found.shape[0] != shape[0] || found.shape[1] != shape[1]) {
    throw parse_error{path.string(), 0, "an array of shape " + npy_shape(shape), npy_shape(found.shape)};
  }
  const auto bytes = npy_bytes(shape, sizeof(T));
  if (!bytes || *bytes != found.data_bytes) {
    throw parse_error{path.string(), 0,
                      (bytes ? std::to_string(*bytes) : "more than 2^64") + " bytes after the header",
                      std::to_string(found.data_bytes)};
  }
}

/// Writes a matrix. Throws: `error` if that fails.
template <class T>
void write_npy(const std::filesystem::path& path, const matrix<T>& values) {
  static_assert(sizeof(T) == sizeof(npy_type<T>));
  const std::array<std::size_t, 2> shape{static_cast<std::size_t>(values.rows()),
                                         static_cast<std::size_t>(values.cols())};
  const auto size = static_cast<std::size_t>(values.size());
  try {
    xt::dump_npy(path.string(), xt::adapt(reinterpret_cast<const npy_type<T>*>(values.data()), size,
                                          xt::no_ownership(), shape));
    check_npy<T>(path, shape);  // xtensor does not look whether the disk was full
  } catch (const std::exception& thrown) {
    throw error{"cannot write " + path.string() + ": " + thrown.what()};
  }
}

/// Reads a matrix of a known shape.
/// Throws: `parse_error` if the file is missing, truncated, too long, or of another type or shape.
template <class T>
[[nodiscard]] matrix<T> read_npy(const std::filesystem::path& path, std::size_t rows, std::size_t columns) {
  check_npy<T>(path, {rows, columns});
  try {
    const auto values = xt::load_npy<npy_type<T>, xt::layout_type::row_major>(path.string());
    matrix<T> out(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
    for (std::size_t i = 0; i < values.size(); ++i) out.data()[i] = std::bit_cast<T>(values.data()[i]);
    return out;
  } catch (const std::exception& thrown) {
    throw parse_error{path.string(), 0, "an array that xtensor can read", thrown.what()};
  }
}

}  // namespace mll::detail
