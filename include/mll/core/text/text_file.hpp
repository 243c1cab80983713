// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <charconv>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "mll/core/error.hpp"
#include "mll/core/text/utf8.hpp"

namespace mll::detail {

/// A text as error messages show it: at most 40 bytes, with `?` for bytes outside printable ASCII.
[[nodiscard]] inline std::string in_quotes(std::string_view text) {
  if (text.empty()) return "nothing";
  constexpr std::size_t max_shown = 40;
  std::string out = "'";
  for (const char c : text.substr(0, max_shown)) out.push_back(c >= ' ' && c <= '~' ? c : '?');
  return out + (text.size() > max_shown ? "...'" : "'");
}

/// The content of a file, with its name for error messages.
struct text_file {
  std::string name;
  std::string content;

  /// Throws: `parse_error` if the file cannot be read.
  [[nodiscard]] static text_file read(const std::filesystem::path& path) {
    text_file file{path.string(), {}};
    std::error_code failure;
    const auto size = std::filesystem::file_size(path, failure);
    std::ifstream stream{path, std::ios::binary};
    if (failure || !stream) {
      throw parse_error{file.name, 0, "a readable file",
                        failure ? failure.message() : "one that cannot be opened"};
    }
    file.content.resize(static_cast<std::size_t>(size));
    stream.read(file.content.data(), static_cast<std::streamsize>(file.content.size()));
    if (stream.gcount() != static_cast<std::streamsize>(file.content.size())) {
      throw parse_error{file.name, 0, std::to_string(size) + " bytes", std::to_string(stream.gcount())};
    }
    return file;
  }

  /// Throws: `parse_error` for a read error.
  [[nodiscard]] static text_file read(std::istream& stream, std::string name) {
    text_file file{std::move(name), {}};
    file.content.assign(std::istreambuf_iterator<char>{stream}, std::istreambuf_iterator<char>{});
    if (stream.bad()) throw parse_error{file.name, 0, "a readable stream", "a read error"};
    return file;
  }
};

/// Parses one line of a file from left to right.
class line_parser {
 public:
  line_parser(std::string_view file, std::size_t number, std::string_view text) noexcept
      : file_{file}, number_{number}, rest_{text} {}

  [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
    throw parse_error{file_, number_, expected, found};
  }

  /// The name of the file.
  [[nodiscard]] std::string_view file() const noexcept { return file_; }
  /// The text not parsed yet.
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }
  /// The number of the line in its file, from 1.
  [[nodiscard]] std::size_t line_number() const noexcept { return number_; }

  /// Takes the text up to the next `delimiter`, and the delimiter. Throws: `parse_error` for an empty field,
  /// which `expected` describes.
  [[nodiscard]] std::string_view field(std::string_view expected, char delimiter = ' ') {
    const std::size_t end = rest_.find(delimiter);
    const std::string_view out = rest_.substr(0, end);
    if (out.empty()) fail(expected, end == std::string_view::npos ? "the end of the line" : "an empty field");
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return out;
  }

  /// Takes a field that is a number as a whole.
  template <class Integer>
  [[nodiscard]] Integer number(std::string_view expected, int base = 10, char delimiter = ' ') {
    const std::string_view text = field(expected, delimiter);
    Integer value{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (failure != std::errc{} || end != text.data() + text.size()) fail(expected, in_quotes(text));
    return value;
  }

 private:
  std::string_view file_;
  std::size_t number_;
  std::string_view rest_;
};

/// How `for_each_line` treats a last line without an end.
enum class last_line { must_end, may_be_open };

/// Calls `visit(line_parser)` for each line, without its end (`\n` or `\r\n`).
///
/// Throws: `parse_error` for a line that is not UTF-8, and as `rule` says for a last line without an end.
template <class Visit>
void for_each_line(const text_file& file, last_line rule, Visit&& visit) {
  std::string_view rest = file.content;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    std::string_view text = rest.substr(0, end);
    if (end == std::string_view::npos && rule == last_line::must_end) {
      throw parse_error{file.name, number, "a complete line with an end",
                        in_quotes(text) + " and the end of the file"};
    }
    if (!is_valid_utf8(text)) throw parse_error{file.name, number, "UTF-8", "the bytes " + in_quotes(text)};
    if (text.ends_with('\r')) text.remove_suffix(1);
    visit(line_parser{file.name, number, text});
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
}

}  // namespace mll::detail
