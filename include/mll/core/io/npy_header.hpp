// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "mll/core/detail/checked_product.hpp"
#include "mll/core/error.hpp"

namespace mll::detail {

/// What a `.npy` file says about itself before anything is loaded.
struct npy_header {
  std::string type;                ///< as NumPy writes it, `<f4`
  bool column_major = false;       ///< `fortran_order`
  std::vector<std::size_t> shape;  ///< any number of extents, each below 2^63
  std::size_t data_begin = 0;      ///< where the values begin
  std::size_t data_bytes = 0;      ///< what the file holds from there on
};

/// Bytes of so many values; nothing if no number of 64 bits says it.
[[nodiscard]] inline std::optional<std::size_t> npy_bytes(std::span<const std::size_t> shape,
                                                          std::size_t value_bytes) {
  const auto values = checked_product(shape, std::numeric_limits<std::size_t>::max() / value_bytes);
  return values ? std::optional{*values * value_bytes} : std::nullopt;
}

/// `[3, 4]`
[[nodiscard]] inline std::string npy_shape(std::span<const std::size_t> shape) {
  std::string out;
  for (const std::size_t extent : shape) out += (out.empty() ? "" : ", ") + std::to_string(extent);
  return "[" + out + "]";
}

/// Reads the dictionary `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, in any order of its
/// keys.
class npy_dictionary {
 public:
  explicit npy_dictionary(std::string_view text) noexcept : rest_{text} {}

  /// Whether the text is such a dictionary and nothing else but blanks.
  [[nodiscard]] bool read(npy_header& out) {
    bool type = false;
    bool order = false;
    bool shape = false;
    if (!take('{')) return false;
    while (!take('}')) {
      const auto key = text();
      if (!key || !take(':')) return false;
      bool good = false;
      if (*key == "descr" && !type) {
        const auto value = text();
        good = type = value.has_value();
        if (good) out.type = *value;
      } else if (*key == "fortran_order" && !order) {
        out.column_major = take_word("True");
        good = order = out.column_major || take_word("False");
      } else if (*key == "shape" && !shape) {
        good = shape = tuple(out.shape);
      }
      if (!good || (!take(',') && !next_is('}'))) return false;
    }
    skip_blanks();
    return type && order && shape && rest_.empty();
  }

 private:
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n"), rest_.size())); }
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
    if (!take('\'')) return std::nullopt;
    const std::size_t end = rest_.find('\'');
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
      if (!take(',') && !next_is(')')) return false;
    }
    return true;
  }

  std::string_view rest_;
};

/// Reads the header of a `.npy` file, and no more.
/// Throws: `parse_error` naming the file if it cannot be read or does not begin like a `.npy` file of
/// version 1.0.
[[nodiscard]] inline npy_header read_npy_header(const std::filesystem::path& path) {
  std::error_code problem;
  const auto size = std::filesystem::file_size(path, problem);
  std::ifstream stream{path, std::ios::binary};
  if (problem || !stream) throw parse_error{path.string(), 0, "a readable file", "none"};
  std::array<char, 10> start{};
  stream.read(start.data(), start.size());
  if (!stream || std::string_view{start.data(), 8} != std::string_view{"\x93NUMPY\x01\x00", 8}) {
    throw parse_error{path.string(), 0, "a .npy file, version 1.0", "something else"};
  }
  const std::size_t length =
      static_cast<unsigned char>(start[8]) + std::size_t{256} * static_cast<unsigned char>(start[9]);
  std::string text(length, ' ');
  stream.read(text.data(), static_cast<std::streamsize>(length));
  npy_header out;
  out.data_begin = start.size() + length;
  if (!stream || size < out.data_begin || !text.ends_with('\n') || !npy_dictionary{text}.read(out)) {
    throw parse_error{path.string(), 0, "the whole header of a .npy file", "a broken one"};
  }
  out.data_bytes = static_cast<std::size_t>(size) - out.data_begin;
  return out;
}

}  // namespace mll::detail
