// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <charconv>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/text/text_file.hpp"
#include "mll/core/text/utf8.hpp"

namespace mll::detail {

/// Escapes a text as a field of a tab-separated line: backslash, tab and line ends become `\\`, `\t`, `\n`,
/// `\r`.
/// Throws: `invalid_argument` for `what` if the text is not UTF-8.
[[nodiscard]] inline std::string tsv_escape(std::string_view text, std::string_view what) {
  if (!is_valid_utf8(text)) throw invalid_argument{what, "text in UTF-8", "other bytes"};
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// A tab-separated file in memory, fields unescaped.
class tsv_file {
 public:
  /// Throws: `parse_error` naming file and line if the file cannot be read, is not UTF-8, has a line without
  /// an end or with other than `columns` fields, or an unknown escape.
  tsv_file(const std::filesystem::path& path, std::size_t columns) : path_{path.string()} {
    const std::string text = text_file::read(path).content;
    if (!is_valid_utf8(text)) throw parse_error{path_, 0, "text in UTF-8", "other bytes"};
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      const std::size_t line = rows_.size() + 1;
      if (end == std::string::npos) throw parse_error{path_, line, "a line end", "the end of the file"};
      rows_.push_back(split(std::string_view{text}.substr(at, end - at), line));
      if (rows_.back().size() != columns) {
        throw parse_error{path_, line, std::to_string(columns) + " fields",
                          std::to_string(rows_.back().size())};
      }
      at = end + 1;
    }
  }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] const std::string& text(std::size_t row, std::size_t column) const {
    return rows_[row][column];
  }
  /// A field as a whole number. Throws: `parse_error` if it is not one, or above `limit`.
  [[nodiscard]] std::size_t number(std::size_t row, std::size_t column, std::size_t limit) const {
    const std::string& field = text(row, column);
    std::size_t value = 0;
    const auto [end, problem] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (problem != std::errc{} || end != field.data() + field.size() || value > limit) {
      throw parse_error{path_, row + 1, "a whole number up to " + std::to_string(limit), "'" + field + "'"};
    }
    return value;
  }
  /// Throws: `parse_error` unless the file has this number of lines.
  void expect_lines(std::size_t count) const {
    if (size() != count) {
      throw parse_error{path_, 0, std::to_string(count) + " lines", std::to_string(size())};
    }
  }

 private:
  [[nodiscard]] std::vector<std::string> split(std::string_view line, std::size_t number) const {
    std::vector<std::string> fields(1);
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\t') {
        fields.emplace_back();
      } else if (line[i] != '\\') {
        fields.back() += line[i];
      } else {
        const char code = ++i < line.size() ? line[i] : ' ';
        const std::size_t known = std::string_view{"\\tnr"}.find(code);
        if (known == std::string_view::npos) {
          throw parse_error{path_, number, "one of \\\\, \\t, \\n, \\r after a backslash",
                            std::string{"'"} + code + "'"};
        }
        fields.back() += "\\\t\n\r"[known];
      }
    }
    return fields;
  }

  std::string path_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace mll::detail
