// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/regular_file.hpp"
#include "mll/core/text/utf8.hpp"

namespace mll {

/// The file that holds the head names of a model file: `birds.onnx` -> `birds.labels.txt`.
[[nodiscard]] inline std::filesystem::path head_names_file(std::filesystem::path model_file) {
  return model_file.replace_extension(".labels.txt");
}

/// Reads head names: one per line, UTF-8, in the order of the model's outputs. Accepts a byte order mark,
/// CRLF line ends and a missing last line end. Names may repeat.
///
/// Throws: `parse_error` with file and line if the file is not a regular file of at most 64 MiB, cannot be
/// read or holds no names, or if a line is empty or not UTF-8.
[[nodiscard]] inline std::vector<std::string> read_head_names(const std::filesystem::path& file) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  constexpr std::uintmax_t max_bytes = std::uintmax_t{64} << 20U;
  // Only a regular file is opened: a pipe would wait, a device never end.
  const std::string problem = detail::why_not_regular(file);
  std::ifstream stream;
  if (problem.empty()) stream.open(file, std::ios::binary);
  std::error_code unknown;
  const std::uintmax_t size = stream.is_open() ? std::filesystem::file_size(file, unknown) : 0;
  if (!stream.is_open() || size > max_bytes) {
    throw parse_error{file.string(), 0, "a readable file with one head name per line",
                      !problem.empty()   ? problem
                      : size > max_bytes ? std::to_string(size) + " bytes"
                                         : "one that cannot be opened"};
  }
  std::vector<std::string> names;
  for (std::string line; std::getline(stream, line);) {
    const std::size_t number = names.size() + 1;
    if (number == 1 && line.starts_with(byte_order_mark)) line.erase(0, byte_order_mark.size());
    if (line.ends_with('\r')) line.pop_back();
    if (!is_valid_utf8(line))
      throw parse_error{file.string(), number, "a head name in UTF-8", "invalid UTF-8"};
    if (line.find_first_not_of(" \t") == std::string::npos) {
      throw parse_error{file.string(), number, "a head name", "an empty line"};
    }
    names.push_back(line);
  }
  if (names.empty()) throw parse_error{file.string(), 0, "at least one head name", "an empty file"};
  return names;
}

}  // namespace mll
