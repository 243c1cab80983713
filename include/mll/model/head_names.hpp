// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "mll/core/detail/code_point.hpp"
#include "mll/core/error.hpp"
#include "mll/core/io/regular_file.hpp"
#include "mll/core/text/text_file.hpp"

namespace mll {

/// The file that holds the head names of a model file: `birds.onnx` -> `birds.labels.txt`.
[[nodiscard]] inline std::filesystem::path head_names_file(std::filesystem::path model_file) {
  return model_file.replace_extension(".labels.txt");
}

/// Reads head names: one per line, UTF-8, in the order of the model's outputs. Accepts a byte order mark,
/// CRLF line ends, a missing last line end, and blank lines at the end. Names may repeat.
///
/// Throws: `parse_error` with file and line if the file is not a regular file of at most 64 MiB, cannot be
/// read or holds no names, if a line is not UTF-8, and for a blank line before a name.
[[nodiscard]] inline std::vector<std::string> read_head_names(const std::filesystem::path& file) {
  constexpr std::uintmax_t max_bytes = std::uintmax_t{64} << 20U;
  std::string problem = detail::why_not_regular(file);
  if (problem.empty()) {
    std::error_code unknown;
    const std::uintmax_t size = std::filesystem::file_size(file, unknown);
    if (!unknown && size > max_bytes) problem = std::to_string(size) + " bytes";
  }
  if (!problem.empty())
    throw parse_error{file.string(), 0, "a readable file with one head name per line", problem};
  std::vector<std::string> names;
  const detail::text_file text = detail::text_file::read(file);
  std::size_t first_blank = 0;  // its number; 0: none
  detail::for_each_numbered_line(text, detail::last_line::may_be_open, [&](const detail::line_parser& line) {
    if (detail::is_blank(line.rest())) {
      if (first_blank == 0) first_blank = line.line_number();
    } else if (first_blank != 0) {
      throw parse_error{file.string(), first_blank, "a head name", "a blank line"};
    } else {
      names.emplace_back(line.rest());
    }
  });
  if (names.empty()) throw parse_error{file.string(), 0, "at least one head name", "an empty file"};
  return names;
}

}  // namespace mll
