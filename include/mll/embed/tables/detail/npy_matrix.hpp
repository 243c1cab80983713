// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/core/io/npy_header.hpp"
#include "mll/core/text/text_file.hpp"
#include "mll/embed/detail/vector_rows.hpp"

namespace mll::detail {

/// A matrix in a `.npy` file, where it stands.
struct npy_matrix {
  stored_as type;
  std::size_t rows;
  std::size_t columns;
  std::size_t first;  ///< byte of the first number
};

/// Reads the header of a matrix in single or half precision, row by row, versions 1 to 3 of the format.
/// Throws: `parse_error` naming file and byte if it is something else, or numbers are missing or left over.
[[nodiscard]] inline npy_matrix parse_npy_matrix(const file_bytes& file) {
  byte_parser in{file};
  if (!file.content.starts_with("\x93NUMPY"))
    in.fail("the mark of a .npy file", in_quotes(file.content.substr(0, 6)));
  in.skip(6, "the mark");
  const auto version = in.number<std::uint8_t>("the version");
  in.skip(1, "the version");
  if (version < 1 || version > 3) in.fail("version 1 to 3 before it", std::to_string(version));
  const std::size_t length = version == 1 ? in.number<std::uint16_t>("the length of the header")
                                          : in.number<std::uint32_t>("the length of the header");
  const std::string_view header = file.content.substr(in.skip(length, "the header"), length);

  npy_header said;
  if (!npy_dictionary{header}.read(said))
    in.fail("a header with 'descr', 'fortran_order' and 'shape' before it", in_quotes(header));
  if (said.type != "<f4" && said.type != "<f2")
    in.fail("numbers of type '<f4' or '<f2' before it", in_quotes(said.type));
  if (said.column_major) in.fail("rows one after the other ('fortran_order': False) before it", "'True'");
  if (said.shape.size() != 2 || said.shape[0] == 0 || said.shape[1] == 0)
    in.fail("a shape of two numbers above 0 before it", npy_shape(said.shape));
  const npy_matrix out{said.type == "<f4" ? stored_as::float32 : stored_as::float16, said.shape[0],
                       said.shape[1], in.position()};
  // By division: a product could overflow.
  const std::size_t numbers = in.left() / size_of(out.type);
  if (in.left() % size_of(out.type) != 0 || numbers % out.columns != 0 || numbers / out.columns != out.rows) {
    in.fail(std::to_string(out.rows) + " x " + std::to_string(out.columns) + " numbers of " +
                std::to_string(size_of(out.type)) + " bytes",
            std::to_string(in.left()) + " bytes");
  }
  return out;
}

}  // namespace mll::detail
