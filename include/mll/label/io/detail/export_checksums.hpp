// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "mll/core/detail/hex_text.hpp"
#include "mll/core/error.hpp"
#include "mll/core/io/crc64.hpp"
#include "mll/core/io/regular_file.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/text/tsv.hpp"

namespace mll::detail {

inline constexpr std::string_view origin_table = "origin";

/// Checksums of the files of an export, in lines `file`, name, checksum of `origin.tsv`.
///
/// They cover the parsed content (fields, and shape and values), so that NumPy may write an array again in
/// another header or order, and an editor a table with other line ends.
class export_checksums {
 public:
  /// Reads those of an export; none if it has no `origin.tsv`, or one without. Throws: `parse_error`.
  [[nodiscard]] static export_checksums read(const std::filesystem::path& folder) {
    export_checksums out;
    const std::filesystem::path file = folder / (std::string{origin_table} + ".tsv");
    if (!has_entry(file)) return out;
    const tsv_file lines{file, 3};
    out.file_ = lines.path();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines.text(i, 0) != "file") continue;
      if (!out.sums_.emplace(lines.text(i, 1), lines.text(i, 2)).second)
        throw parse_error{lines.path(), lines.line(i), "every file once", "'" + lines.text(i, 1) + "' again"};
    }
    return out;
  }

  [[nodiscard]] static std::string of(const tsv_file& table) {
    std::string fields;
    for (std::size_t row = 0; row < table.size(); ++row) {
      for (std::size_t column = 0; column < table.columns(); ++column)
        fields += table.text(row, column) + '\0';
      fields += '\n';
    }
    return hex_text(crc64(fields), 16);
  }
  template <class T>
  [[nodiscard]] static std::string of(const matrix<T>& values) {
    const std::string shape = std::to_string(sizeof(T)) + ' ' + std::to_string(values.rows()) + ' ' +
                              std::to_string(values.cols()) + '\n';
    static_assert(std::endian::native == std::endian::little, "the checksum is of little-endian values");
    const auto* const bytes = reinterpret_cast<const char*>(values.data());
    crc64_sum sum;
    sum.process_bytes(shape.data(), shape.size());
    sum.process_bytes(bytes, static_cast<std::size_t>(values.size()) * sizeof(T));
    return hex_text(sum.checksum(), 16);
  }

  void add(const std::string& name, std::string checksum) { sums_[name] = std::move(checksum); }
  [[nodiscard]] const std::map<std::string, std::string>& all() const noexcept { return sums_; }

  /// Throws: `parse_error` naming the file if it is not what was exported. Nothing is known without
  /// checksums.
  template <class Content>
  void check(const std::filesystem::path& file, const Content& content) const {
    if (sums_.empty()) return;
    const std::string name = file.stem().string();
    const auto known = sums_.find(name);
    if (known == sums_.end()) throw parse_error{file_, 0, "the checksum of '" + name + "'", "none"};
    if (const std::string found = of(content); found != known->second)
      throw parse_error{file.string(), 0, "what was exported (checksum " + known->second + ")",
                        "other content (checksum " + found + ")"};
  }

 private:
  std::string file_;
  std::map<std::string, std::string> sums_;  // by the name of the file without its extension
};

}  // namespace mll::detail
