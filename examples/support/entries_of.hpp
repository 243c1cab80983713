// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <mll/core/error.hpp>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

namespace example {

/// The entries of a folder, in order. Throws: `parse_error` if it cannot be read.
inline std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> out;
  std::error_code problem;
  std::filesystem::directory_iterator next{folder, problem};
  for (; !problem && next != std::filesystem::directory_iterator{}; next.increment(problem))
    out.push_back(next->path());
  if (problem) throw mll::parse_error{folder.string(), 0, "a folder that can be read", problem.message()};
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace example
