// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
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

/// A tab-separated file in memory, fields unescaped. Empty lines are skipped, unless there is one column.
class tsv_file {
 public:
  /// Throws: `parse_error` naming file and line if the file cannot be read, is not UTF-8, has a line without
  /// an end or with other than `columns` fields, or an unknown escape.
  tsv_file(const std::filesystem::path& path, std::size_t columns) : path_{path.string()}, columns_{columns} {
    const text_file file = text_file::read(path);
    for_each_numbered_line(file, last_line::must_end, [&](const line_parser& line) {
      if (line.rest().empty() && columns > 1) return;
      rows_.push_back(split(line.rest(), line.line_number()));
      lines_.push_back(line.line_number());
      if (rows_.back().size() != columns)
        line.fail(std::to_string(columns) + " fields", std::to_string(rows_.back().size()));
    });
  }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
  [[nodiscard]] const std::string& text(std::size_t row, std::size_t column) const {
    return rows_[row][column];
  }
  /// A field as a whole number. Throws: `parse_error` if it is not one, or above `limit`.
  [[nodiscard]] std::size_t number(std::size_t row, std::size_t column, std::size_t limit) const {
    const std::string& field = text(row, column);
    std::size_t value = 0;
    const auto [end, problem] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (problem != std::errc{} || end != field.data() + field.size() || value > limit) {
      throw parse_error{path_, line(row), "a whole number up to " + std::to_string(limit), "'" + field + "'"};
    }
    return value;
  }
  /// The number of the line with a row, from 1.
  [[nodiscard]] std::size_t line(std::size_t row) const { return lines_[row]; }
  /// Throws: `parse_error` unless the file has this number of rows.
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
  std::size_t columns_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> lines_;  // per row
};

}  // namespace mll::detail
