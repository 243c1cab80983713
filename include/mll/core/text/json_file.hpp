// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "mll/core/error.hpp"
#include "mll/core/text/text_file.hpp"

namespace mll::detail {

/// Parses the content of a file. Throws: `parse_error` with the line if it is not a JSON object.
[[nodiscard]] inline nlohmann::json parse_json_object(const text_file& file) {
  if (const auto at = file.content.find('\0'); at != std::string::npos) {  // the parser would stop there
    const auto line =
        1 + std::count(file.content.begin(), file.content.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    throw parse_error{file.name, static_cast<std::size_t>(line), "JSON", "a NUL byte"};
  }
  nlohmann::json out;
  try {
    out = nlohmann::json::parse(file.content);
  } catch (const nlohmann::json::parse_error& failure) {
    const auto end =
        file.content.begin() + static_cast<std::ptrdiff_t>(std::min(failure.byte, file.content.size()));
    const auto line = 1 + std::count(file.content.begin(), end, '\n');
    throw parse_error{file.name, static_cast<std::size_t>(line), "JSON", failure.what()};
  } catch (const nlohmann::json::exception& failure) {  // a number out of range
    throw parse_error{file.name, 0, "JSON", failure.what()};
  }
  if (!out.is_object()) throw parse_error{file.name, 0, "a JSON object", out.type_name()};
  return out;
}

}  // namespace mll::detail
