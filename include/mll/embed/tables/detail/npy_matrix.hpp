// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <optional>

#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/core/io/npy.hpp"
#include "mll/core/io/npy_header.hpp"
#include "mll/embed/detail/vector_rows.hpp"

namespace mll::detail {

/// The shape of a matrix in a `.npy` file, and where its numbers can be used in place.
struct npy_matrix {
  std::optional<stored_as> type;  ///< empty: numbers that must be converted
  std::size_t rows;
  std::size_t columns;
  std::size_t first;  ///< byte of the first number
};

/// Parses the header of a matrix. Numbers in single or half precision, little-endian and in C order, are used
/// in place.
/// Throws: `parse_error` naming the file for another shape, and a truncated or too long file.
[[nodiscard]] inline npy_matrix parse_npy_matrix(const file_bytes& file) {
  const npy_header header = parse_npy_header(file);
  if (header.shape.size() != 2 || header.shape[0] == 0 || header.shape[1] == 0)
    throw parse_error{file.name, 0, "two dimensions above 0", "shape " + npy_shape(header.shape)};
  npy_matrix out{{}, header.shape[0], header.shape[1], header.data_begin};
  if (header.big_endian || header.column_major) return out;
  if (header.type == npy_type_of<float>()) out.type = stored_as::float32;
  if (header.type == npy_type_of<Eigen::half>()) out.type = stored_as::float16;
  return out;
}

}  // namespace mll::detail
