// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "mll/core/io/npy_header.hpp"
#include "mll/core/matrix.hpp"

namespace accuracy {

/// A `.npy` file (version 1.0, C order, one or two dimensions) of half, single or double precision or 32-bit
/// or 64-bit integers, as single precision. xtensor's reader knows no half precision. Throws:
/// `std::runtime_error` naming the file for anything else.
inline mll::matrix<float> read_npy(const std::filesystem::path& path) {
  const auto fail = [&](const std::string& why) { return std::runtime_error{path.string() + ": " + why}; };
  const mll::detail::npy_header header = mll::detail::read_npy_header(path);
  const std::string shape = mll::detail::npy_shape(header.shape);
  if (header.column_major) throw fail("is not in C order");
  if (header.shape.empty() || header.shape.size() > 2)
    throw fail("has shape " + shape + ", expected one or two dimensions");
  const auto rows = static_cast<Eigen::Index>(header.shape.front());
  const auto columns =
      header.shape.size() == 2 ? static_cast<Eigen::Index>(header.shape[1]) : Eigen::Index{1};
  mll::matrix<float> out;
  const auto fill = [&]<class T>(T) {
    if (mll::detail::npy_bytes(header.shape, sizeof(T)) != header.data_bytes)
      throw fail("holds " + std::to_string(header.data_bytes) + " bytes, which is not shape " + shape);
    std::ifstream stream{path, std::ios::binary};
    stream.seekg(static_cast<std::streamoff>(header.data_begin));
    mll::matrix<T> raw(rows, columns);
    if (!stream.read(reinterpret_cast<char*>(raw.data()), static_cast<std::streamsize>(header.data_bytes)))
      throw fail("cannot be read");
    out = raw.template cast<float>();
  };
  if (header.type == "<f2") {
    fill(Eigen::half{});
  } else if (header.type == "<f4") {
    fill(float{});
  } else if (header.type == "<f8") {
    fill(double{});
  } else if (header.type == "<i4") {
    fill(std::int32_t{});
  } else if (header.type == "<i8") {
    fill(std::int64_t{});
  } else {
    throw fail("has values of type '" + header.type.substr(0, 40) + "'");
  }
  return out;
}

/// A `.npy` file of whole numbers below `limit`. Throws: as `read_npy`, and for any other number.
inline std::vector<std::size_t> read_npy_indices(const std::filesystem::path& path, std::size_t limit) {
  const mll::matrix<float> values = read_npy(path);
  if (values.cols() != 1)
    throw std::runtime_error{path.string() + ": expected one column, found " + std::to_string(values.cols())};
  std::vector<std::size_t> out;
  for (Eigen::Index i = 0; i < values.rows(); ++i) {
    const float value = values(i, 0);
    if (!(value >= 0 && value < static_cast<float>(limit)) || value != std::floor(value)) {
      throw std::runtime_error{path.string() + ": expected whole numbers below " + std::to_string(limit) +
                               ", found " + std::to_string(value) + " at row " + std::to_string(i)};
    }
    out.push_back(static_cast<std::size_t>(value));
  }
  return out;
}

}  // namespace accuracy
