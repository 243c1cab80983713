// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "mll/core/error.hpp"

namespace mll::detail {

// Binary formats are read without byte swaps.
static_assert(std::endian::native == std::endian::little, "mll reads binary files on little-endian machines");

/// The content of a file, mapped into memory (`map_file`) or held as a text. Copies share it.
struct file_bytes {
  std::string name;  ///< for error messages
  std::string_view content;
  std::shared_ptr<const void> owner;

  /// A text in place of a file. @param[in] name used in error messages
  [[nodiscard]] static file_bytes of(std::string text, std::string name) {
    const auto kept = std::make_shared<const std::string>(std::move(text));
    return {std::move(name), *kept, kept};
  }
};

/// Reads a binary file from its beginning. Errors name the file and the byte.
class byte_parser {
 public:
  explicit byte_parser(const file_bytes& file) : file_{&file} {}

  [[nodiscard]] std::size_t position() const noexcept { return at_; }
  [[nodiscard]] std::size_t left() const noexcept { return file_->content.size() - at_; }

  /// Throws: `parse_error` naming the current position.
  [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
    throw parse_error{file_->name, 0, std::string{expected} + " at byte " + std::to_string(at_), found};
  }
  /// Throws: `parse_error` naming the position of the item read last.
  [[noreturn]] void reject(std::string_view expected, std::string_view found) const {
    throw parse_error{file_->name, 0, std::string{expected} + " at byte " + std::to_string(last_), found};
  }

  /// Skips `count` bytes and returns their position. Throws: `parse_error` if fewer are left.
  std::size_t skip(std::size_t count, std::string_view what) {
    if (count > left()) {
      fail(std::to_string(count) + " bytes (" + std::string{what} + ")", std::to_string(left()));
    }
    last_ = std::exchange(at_, at_ + count);
    return last_;
  }

  /// The next bytes, which are skipped. Throws: `parse_error` if fewer are left.
  [[nodiscard]] std::string_view bytes(std::size_t count, std::string_view what) {
    return file_->content.substr(skip(count, what), count);
  }

  /// Reads a number, little-endian.
  template <class T>
  [[nodiscard]] T number(std::string_view what) {
    T value{};
    std::memcpy(&value, file_->content.data() + skip(sizeof(T), what), sizeof(T));
    return value;
  }

  /// Reads the text up to the next `end`, and skips `end`. Throws: `parse_error` if `end` is not found within
  /// `max_length` bytes.
  [[nodiscard]] std::string_view text(char end, std::size_t max_length, std::string_view what) {
    const std::string_view near = file_->content.substr(at_, max_length + 1);
    const std::size_t length = near.find(end);
    if (length == std::string_view::npos) {
      fail(what, near.size() > max_length ? "none within " + std::to_string(max_length) + " bytes"
                                          : "the end of the file");
    }
    last_ = std::exchange(at_, at_ + length + 1);
    return near.substr(0, length);
  }

  /// Skips a byte if it is the next one; returns whether it was.
  bool skip_if(char byte) {
    const bool there = left() > 0 && file_->content[at_] == byte;
    at_ += there ? 1 : 0;
    return there;
  }

 private:
  const file_bytes* file_;
  std::size_t at_ = 0;
  std::size_t last_ = 0;  // of the item read last
};

}  // namespace mll::detail
