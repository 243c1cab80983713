// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "mll/core/detail/code_point.hpp"
#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/lfs_pointer.hpp"
#include "mll/core/detail/visible_text.hpp"
#include "mll/core/error.hpp"
#include "mll/core/text/skipped_text.hpp"
#include "mll/core/text/utf8.hpp"

// What readers of text forgive is decided here, for all of them: a byte order mark, CR before the end of a
// line, and blank lines. Numbers are read by `parse_number`, words without a visible character are skipped
// and counted (`skipped_text`).
namespace mll::detail {

/// A text as error messages show it: whole characters of at most 40 bytes; those that cannot be seen are
/// spelled out.
MLL_LOCAL [[nodiscard]] std::string in_quotes(std::string_view text) {
  if (text.empty()) return "nothing";
  constexpr std::size_t max_shown = 40;
  std::size_t shown = 0;
  while (shown < text.size()) {
    const std::size_t next = shown + first_code_point(text.substr(shown)).bytes;
    if (next > max_shown) break;
    shown = next;
  }
  return "'" + visible_text(text.substr(0, shown)) + (shown < text.size() ? "...'" : "'");
}

/// Removes byte order marks of UTF-8.
/// Throws: `parse_error` naming the file for text in UTF-16 or UTF-32, and for a pointer of git-lfs.
MLL_LOCAL [[nodiscard]] std::string_view without_byte_order_mark(std::string_view name,
                                                                 std::string_view content) {
  refuse_lfs_pointer(name, content);
  using namespace std::string_view_literals;
  if (content.starts_with("\xFF\xFE\0\0"sv) || content.starts_with("\0\0\xFE\xFF"sv))
    throw parse_error{name, 1, "UTF-8", "UTF-32"};
  if (content.starts_with("\xFF\xFE") || content.starts_with("\xFE\xFF"))
    throw parse_error{name, 1, "UTF-8", "UTF-16"};
  while (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);  // some programs add a second one
  return content;
}

/// The first line of a text, without its end, which is removed from the text.
MLL_LOCAL [[nodiscard]] std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  if (line.ends_with('\r')) line.remove_suffix(1);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// The content of a file without a byte order mark, with its name for error messages.
struct text_file {
  std::string name;
  std::string content;

  /// Throws: `parse_error` if the file cannot be read, or is not text in UTF-8 (`without_byte_order_mark`).
  MLL_LOCAL [[nodiscard]] static text_file read(const std::filesystem::path& path) {
    text_file file{path.string(), {}};
    std::error_code failure;
    // Fails for what is not a regular file; opening a pipe would wait for a writer.
    const auto size = std::filesystem::file_size(path, failure);
    if (failure) {
      const bool other_kind = failure == std::errc::operation_not_supported;
      throw parse_error{file.name, 0, "a readable file",
                        other_kind ? "not a regular file" : failure.message()};
    }
    std::ifstream stream{path, std::ios::binary};
    if (!stream) throw parse_error{file.name, 0, "a readable file", "one that cannot be opened"};
    file.content.resize(static_cast<std::size_t>(size));
    stream.read(file.content.data(), static_cast<std::streamsize>(file.content.size()));
    if (stream.gcount() != static_cast<std::streamsize>(file.content.size())) {
      throw parse_error{file.name, 0, std::to_string(size) + " bytes", std::to_string(stream.gcount())};
    }
    if (stream.peek() != std::ifstream::traits_type::eof())
      throw parse_error{file.name, 0, std::to_string(size) + " bytes", "more: the file is being written"};
    file.drop_mark();
    return file;
  }

  /// Throws: `parse_error` for a read error.
  MLL_LOCAL [[nodiscard]] static text_file read(std::istream& stream, std::string name) {
    text_file file{std::move(name), {}};
    file.content.assign(std::istreambuf_iterator<char>{stream}, std::istreambuf_iterator<char>{});
    if (stream.bad()) throw parse_error{file.name, 0, "a readable stream", "a read error"};
    file.drop_mark();
    return file;
  }

 private:
  MLL_LOCAL void drop_mark() {
    content.erase(0, content.size() - without_byte_order_mark(name, content).size());
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

/// The lines of a file, one after the other, without their ends (`\n` or `\r\n`), blank lines included; not
/// empty lines at the end of the file.
class line_cursor {
 public:
  /// Throws: `parse_error` as `rule` says for a last line without an end.
  MLL_LOCAL line_cursor(const text_file& file, last_line rule) : file_{file}, rest_{file.content} {
    const std::size_t last = rest_.find_last_not_of("\r\n");
    if (last == std::string_view::npos) {
      rest_ = {};
      return;
    }
    const std::size_t end = rest_.find('\n', last);
    if (end == std::string_view::npos && rule == last_line::must_end) {
      const auto number = 1 + static_cast<std::size_t>(std::count(rest_.begin(), rest_.end(), '\n'));
      throw parse_error{file.name, number, "a complete line with an end",
                        in_quotes(rest_.substr(rest_.find_last_of('\n') + 1)) + " and the end of the file"};
    }
    rest_ = rest_.substr(0, end == std::string_view::npos ? end : end + 1);
  }

  /// Whether there is a line after those taken.
  [[nodiscard]] bool more() const noexcept { return !rest_.empty(); }
  /// Takes a line. Throws: `parse_error` unless it is UTF-8 without NUL or CR inside.
  MLL_LOCAL [[nodiscard]] line_parser take() {
    // NUL: UTF-16 without a mark, or blocks that were never written; CR: lines as old programs end them.
    constexpr std::string_view control{"\0\r", 2};
    const std::string_view text = take_line(rest_);
    if (!is_valid_utf8(text)) throw parse_error{file_.name, number_, "UTF-8", "the bytes " + in_quotes(text)};
    if (text.find_first_of(control) != std::string_view::npos)
      throw parse_error{file_.name, number_, "a line without NUL or CR inside", in_quotes(text)};
    return line_parser{file_.name, number_++, text};
  }

 private:
  const text_file& file_;
  std::string_view rest_;
  std::size_t number_ = 1;
};

/// Calls `visit(line_parser)` for each line, without its end (`\n` or `\r\n`), blank lines included; not for
/// empty lines at the end of the file. For files in which the number of a line means something.
///
/// Throws: `parse_error` for a line that is not UTF-8 or has NUL or CR inside, and as `rule` says for a last
/// line without an end.
template <class Visit>
void for_each_numbered_line(const text_file& file, last_line rule, Visit&& visit) {
  line_cursor lines{file, rule};
  while (lines.more()) visit(lines.take());
}

/// The same for the lines that are not blank. @return the number of blank lines before the last other one
template <class Visit>
std::size_t for_each_line(const text_file& file, last_line rule, Visit&& visit) {
  std::size_t skipped = 0;
  for_each_numbered_line(file, rule, [&](line_parser line) {
    if (is_blank(line.rest())) {
      ++skipped;
    } else {
      visit(std::move(line));
    }
  });
  return skipped;
}

}  // namespace mll::detail
