// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "mll/core/detail/checked_product.hpp"
#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"

namespace mll::detail {

/// The type of the values of a `.npy` file.
struct npy_type {
  char kind = 'f';        ///< as NumPy writes it: 'b', 'i', 'u', 'f' or 'c'
  std::size_t bytes = 0;  ///< of a value

  friend bool operator==(const npy_type&, const npy_type&) = default;
};

/// `<f4`, `|u1`
[[nodiscard]] inline std::string npy_type_name(npy_type type) {
  return (type.bytes == 1 ? "|" : "<") + std::string{type.kind} + std::to_string(type.bytes);
}

/// The type that a name such as `<f4` or `>f4` stands for; empty if it is not numeric.
[[nodiscard]] inline std::optional<npy_type> parse_npy_type(std::string_view name) {
  if (name.size() < 3) return std::nullopt;
  npy_type out{name[1], 0};
  const auto [end, problem] = std::from_chars(name.data() + 2, name.data() + name.size(), out.bytes);
  const bool known = std::string_view{"biufc"}.find(out.kind) != std::string_view::npos;
  if (!known || problem != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  const bool has_order = name[0] == '<' || name[0] == '>' || name[0] == '=';
  if (out.bytes < 1 || out.bytes > 32 || !(has_order || (name[0] == '|' && out.bytes == 1)))
    return std::nullopt;
  return out;
}

/// `[3, 4]`
[[nodiscard]] inline std::string npy_shape(std::span<const std::size_t> shape) {
  std::string out;
  for (const std::size_t extent : shape) out += (out.empty() ? "" : ", ") + std::to_string(extent);
  return "[" + out + "]";
}

/// What the header of a `.npy` file says.
struct npy_header {
  npy_type type;
  bool big_endian = false;
  bool column_major = false;       ///< `fortran_order`
  std::vector<std::size_t> shape;  ///< any number of extents, each below 2^63
  std::size_t data_begin = 0;      ///< byte of the first value; the values are the rest of the file
};

/// Parses the dictionary `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, keys in any order.
class npy_dictionary {
 public:
  explicit npy_dictionary(std::string_view text) noexcept : rest_{text} {}

  /// Whether the text is such a dictionary and nothing else. The type is returned as it is written.
  [[nodiscard]] bool read(std::string_view& type, npy_header& out) {
    bool has_type = false;
    bool has_order = false;
    bool has_shape = false;
    if (!take('{')) return false;
    while (!take('}')) {
      const auto key = text();
      if (!key || !take(':')) return false;
      bool good = false;
      if (*key == "descr" && !has_type) {
        const auto value = text();
        good = has_type = value.has_value();
        if (good) type = *value;
      } else if (*key == "fortran_order" && !has_order) {
        out.column_major = take_word("True");
        good = has_order = out.column_major || take_word("False");
      } else if (*key == "shape" && !has_shape) {
        good = has_shape = tuple(out.shape);
      }
      if (!good || (!take(',') && !next_is('}'))) return false;
    }
    skip_blanks();
    return has_type && has_order && has_shape && rest_.empty();
  }

 private:
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }
  [[nodiscard]] bool next_is(char c) {
    skip_blanks();
    return rest_.starts_with(c);
  }
  [[nodiscard]] bool take(char c) {
    if (!next_is(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] bool take_word(std::string_view word) {
    skip_blanks();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  [[nodiscard]] std::optional<std::string_view> text() {
    skip_blanks();
    if (rest_.starts_with('u')) rest_.remove_prefix(1);  // u'descr' is legal, too
    const char quote = rest_.starts_with('"') ? '"' : '\'';
    if (!take(quote)) return std::nullopt;
    const std::size_t end = rest_.find(quote);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view out = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return out;
  }
  [[nodiscard]] bool tuple(std::vector<std::size_t>& out) {
    if (!take('(')) return false;
    while (!take(')')) {
      skip_blanks();
      std::ptrdiff_t extent = 0;
      const auto [end, problem] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), extent);
      if (problem != std::errc{} || extent < 0) return false;
      out.push_back(static_cast<std::size_t>(extent));
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      take_long();
      if (!take(',') && !next_is(')')) return false;
    }
    return true;
  }
  void take_long() {  // Python 2 wrote 3L
    if (rest_.starts_with('L')) rest_.remove_prefix(1);
  }

  std::string_view rest_;
};

/// Reads the header of a `.npy` file of numbers: versions 1 to 3 of the format, any byte order.
/// Throws: `parse_error` naming the file if it is not such a file, or does not hold exactly the values that
/// its header declares.
[[nodiscard]] inline npy_header parse_npy_header(const file_bytes& file) {
  const auto fail = [&](const std::string& expected, const std::string& found) {
    throw parse_error{file.name, 0, expected, found};
  };
  const auto quoted = [](std::string_view text) { return "'" + std::string{text.substr(0, 60)} + "'"; };
  constexpr std::string_view magic = "\x93NUMPY";
  if (!file.content.starts_with(magic)) fail("a .npy file", "something else");
  byte_parser in{file};
  in.skip(magic.size(), "the mark");
  const auto version_major = in.number<std::uint8_t>("the version");
  const auto version_minor = in.number<std::uint8_t>("the version");
  if (version_major < 1 || version_major > 3 || version_minor != 0)
    fail("version 1.0, 2.0 or 3.0 of the .npy format",
         std::to_string(version_major) + "." + std::to_string(version_minor));
  const std::size_t length = version_major == 1 ? in.number<std::uint16_t>("the length of the header")
                                                : in.number<std::uint32_t>("the length of the header");
  const std::string_view text = file.content.substr(in.skip(length, "the header"), length);

  npy_header out;
  std::string_view type;
  if (!npy_dictionary{text}.read(type, out))
    fail("a header with 'descr', 'fortran_order' and 'shape'", quoted(text));
  const auto known = parse_npy_type(type);
  if (!known) fail("numbers, such as '<f4' or '|u1'", quoted(type));
  out.type = *known;
  out.big_endian = type.starts_with('>') && known->bytes > 1;
  out.data_begin = in.position();
  const auto values = checked_product(out.shape, std::numeric_limits<std::size_t>::max() / out.type.bytes);
  if (!values || *values * out.type.bytes != in.left()) {
    fail((values ? std::to_string(*values * out.type.bytes) : "more than 2^64") + " bytes for shape " +
             npy_shape(out.shape) + " of '" + npy_type_name(out.type) + "'",
         std::to_string(in.left()));
  }
  return out;
}

/// The header that NumPy would write: version 1.0, values at a multiple of 64 bytes.
[[nodiscard]] inline std::string format_npy_header(npy_type type, std::size_t rows, std::size_t columns) {
  std::string text = "{'descr': '" + npy_type_name(type) + "', 'fortran_order': False, 'shape': (" +
                     std::to_string(rows) + ", " + std::to_string(columns) + "), }";
  constexpr std::size_t start = 10;
  text.resize((start + text.size() + 1 + 63) / 64 * 64 - start - 1, ' ');
  text += '\n';
  return std::string{"\x93NUMPY\x01\x00", 8} + static_cast<char>(text.size() % 256) +
         static_cast<char>(text.size() / 256) + text;
}

}  // namespace mll::detail
