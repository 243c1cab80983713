// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <string>

#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/core/io/npy.hpp"
#include "mll/core/io/npy_header.hpp"
#include "mll/embed/detail/vector_rows.hpp"

namespace mll::detail {

/// The position of a matrix in a `.npy` file.
struct npy_matrix {
  stored_as type;
  std::size_t rows;
  std::size_t columns;
  std::size_t first;  ///< byte of the first number
};

/// Parses the header of a matrix in single or half precision.
/// Throws: `parse_error` naming the file for another type or shape, Fortran order, and a truncated or too
/// long file.
[[nodiscard]] inline npy_matrix parse_npy_matrix(const file_bytes& file) {
  const npy_header header = parse_npy_header(file);
  const auto fail = [&](const char* expected, const std::string& found) {
    throw parse_error{file.name, 0, expected, found};
  };
  const bool single = header.type == npy_type_of<float>();
  if (!single && header.type != npy_type_of<Eigen::half>())
    fail("values of type '<f4' or '<f2'", "'" + npy_type_name(header.type) + "'");
  if (header.big_endian) fail("little-endian numbers", "'>" + npy_type_name(header.type).substr(1) + "'");
  if (header.column_major) fail("an array in C order (numpy.ascontiguousarray)", "Fortran order");
  if (header.shape.size() != 2 || header.shape[0] == 0 || header.shape[1] == 0)
    fail("two dimensions above 0", "shape " + npy_shape(header.shape));
  return {single ? stored_as::float32 : stored_as::float16, header.shape[0], header.shape[1],
          header.data_begin};
}

}  // namespace mll::detail
