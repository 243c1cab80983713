// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "mll/core/io/map_file.hpp"
#include "mll/core/io/npy.hpp"
#include "mll/core/io/npy_header.hpp"
#include "mll/core/matrix.hpp"

namespace accuracy {

/// A `.npy` file of half, single or double precision or 32-bit or 64-bit integers, as single precision.
/// Throws: `std::runtime_error` naming the file for anything else.
inline mll::matrix<float> read_npy(const std::filesystem::path& path) {
  const mll::detail::npy_type type = mll::detail::parse_npy_header(mll::detail::map_file(path)).type;
  const auto is = [&]<class T>(T) { return type == mll::detail::npy_type_of<T>(); };
  if (is(float{})) return mll::read_npy<float>(path);
  if (is(Eigen::half{})) return mll::read_npy<Eigen::half>(path).cast<float>();
  if (is(double{})) return mll::read_npy<double>(path).cast<float>();
  if (is(std::int32_t{})) return mll::read_npy<std::int32_t>(path).cast<float>();
  if (is(std::int64_t{})) return mll::read_npy<std::int64_t>(path).cast<float>();
  throw std::runtime_error{path.string() + ": expected real numbers or signed integers, found type '" +
                           mll::detail::npy_type_name(type) + "'"};
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
