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
#include <fstream>
#include <string>
#include <string_view>
#include <type_traits>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"

namespace mll::detail {

/// What a value is written as. xtensor knows no half precision: its bits go as whole numbers (in NumPy:
/// `array.view("f2")`).
template <class T>
using npy_type = std::conditional_t<std::is_arithmetic_v<T>, T, std::uint16_t>;

inline std::string npy_shape(std::size_t rows, std::size_t columns) {
  return "[" + std::to_string(rows) + ", " + std::to_string(columns) + "]";
}

/// Length of the header of a `.npy` file. xtensor trusts what it reads; this looks first.
/// Throws: `parse_error` if the file does not begin like one.
[[nodiscard]] inline std::size_t npy_header_length(const std::filesystem::path& path) {
  std::ifstream stream{path, std::ios::binary};
  if (!stream) throw parse_error{path.string(), 0, "a readable file", "none"};
  std::array<char, 10> start{};
  stream.read(start.data(), start.size());
  const std::string_view magic{"\x93NUMPY\x01\x00", 8};
  if (!stream || std::string_view{start.data(), 8} != magic) {
    throw parse_error{path.string(), 0, "a .npy file, version 1.0", "something else"};
  }
  const std::size_t length =
      static_cast<unsigned char>(start[8]) + 256U * static_cast<unsigned char>(start[9]);
  std::string header(length, ' ');
  stream.read(header.data(), static_cast<std::streamsize>(length));
  if (!stream || header.find('{') == std::string::npos || header.back() != '\n') {
    throw parse_error{path.string(), 0, "the whole header of a .npy file", "a broken one"};
  }
  return start.size() + length;
}

/// Throws: `parse_error` unless the file holds as many values as that.
inline void check_npy_size(const std::filesystem::path& path, std::size_t bytes) {
  const std::size_t header = npy_header_length(path);
  const std::size_t found = static_cast<std::size_t>(std::filesystem::file_size(path)) - header;
  if (found != bytes) {
    throw parse_error{path.string(), 0, std::to_string(bytes) + " bytes after the header",
                      std::to_string(found)};
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
    check_npy_size(path, size * sizeof(T));  // xtensor does not look whether the disk was full
  } catch (const std::exception& thrown) {
    throw error{"cannot write " + path.string() + ": " + thrown.what()};
  }
}

/// Reads a matrix of a known shape.
/// Throws: `parse_error` if the file is missing, truncated, too long, or of another type or shape.
template <class T>
[[nodiscard]] matrix<T> read_npy(const std::filesystem::path& path, std::size_t rows, std::size_t columns) {
  check_npy_size(path, rows * columns * sizeof(T));
  try {
    const auto values = xt::load_npy<npy_type<T>, xt::layout_type::row_major>(path.string());
    if (values.dimension() != 2 || values.shape(0) != rows || values.shape(1) != columns) {
      std::string found;
      for (const auto extent : values.shape()) found += (found.empty() ? "" : ", ") + std::to_string(extent);
      throw parse_error{path.string(), 0, "an array of shape " + npy_shape(rows, columns), "[" + found + "]"};
    }
    matrix<T> out(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
    for (std::size_t i = 0; i < values.size(); ++i) out.data()[i] = std::bit_cast<T>(values.data()[i]);
    return out;
  } catch (const error&) {
    throw;
  } catch (const std::exception& thrown) {
    throw parse_error{path.string(), 0, "a row-major array of the right type", thrown.what()};
  }
}

}  // namespace mll::detail
