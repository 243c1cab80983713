// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "mll/core/error.hpp"
#include "mll/embed/detail/file_bytes.hpp"
#include "mll/embed/detail/vector_rows.hpp"
#include "mll/graph/detail/text_file.hpp"

namespace mll::detail {

/// A matrix in a `.npy` file, where it stands.
struct npy_matrix {
  stored_as type;
  std::size_t rows;
  std::size_t columns;
  std::size_t first;  ///< byte of the first number
};

/// What the header of a `.npy` file says of a key: the text between it and the next comma outside brackets.
[[nodiscard]] inline std::string_view npy_entry(const byte_parser& in, std::string_view header,
                                                std::string_view key) {
  const std::string quoted = '\'' + std::string{key} + "':";
  const std::size_t at = header.find(quoted);
  if (at == std::string_view::npos) in.fail("a header with " + quoted + " before it", in_quotes(header));
  std::string_view rest = header.substr(at + quoted.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const std::size_t end = rest.starts_with('(') ? rest.find(')') : rest.find_first_of(",}");
  if (end == std::string_view::npos) in.fail("the end of " + quoted + " before it", in_quotes(rest));
  return rest.substr(0, end);
}

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

  const std::string_view type = npy_entry(in, header, "descr");
  if (type != "'<f4'" && type != "'<f2'") {
    in.fail("numbers of type '<f4' or '<f2' before it", in_quotes(type));
  }
  if (const auto order = npy_entry(in, header, "fortran_order"); order != "False") {
    in.fail("rows one after the other ('fortran_order': False) before it", in_quotes(order));
  }
  const std::string_view shape = npy_entry(in, header, "shape");
  if (!shape.starts_with('(')) in.fail("a shape of two numbers above 0 before it", in_quotes(shape));
  std::size_t sides[2] = {};
  const char* at = shape.data() + 1;
  const char* const end = shape.data() + shape.size();
  for (std::size_t side = 0; side < 2; ++side) {
    while (at != end && (*at == ' ' || (side == 1 && *at == ','))) ++at;
    const auto [stop, failure] = std::from_chars(at, end, sides[side]);
    if (failure != std::errc{} || sides[side] == 0)
      in.fail("a shape of two numbers above 0 before it", in_quotes(shape));
    at = stop;
  }
  if (at != end) in.fail("a shape of two numbers above 0 before it", in_quotes(shape));
  const npy_matrix out{type == "'<f4'" ? stored_as::float32 : stored_as::float16, sides[0], sides[1],
                       in.position()};
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
