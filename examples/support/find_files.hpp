// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace example {

/// All files of a folder and those below it that `accepts(path)` takes, in order. `warn(text)` says what of
/// the folder cannot be read.
template <class Accepts, class Warn>
[[nodiscard]] std::vector<std::filesystem::path> find_files(const std::filesystem::path& folder,
                                                            const Accepts& accepts, const Warn& warn) {
  namespace fs = std::filesystem;
  std::vector<fs::path> out;
  std::error_code problem;
  fs::recursive_directory_iterator next{folder, fs::directory_options::skip_permission_denied, problem};
  for (; !problem && next != fs::recursive_directory_iterator{}; next.increment(problem)) {
    std::error_code unknown;  // of a link to itself; what is not a regular file is skipped when it is read
    if (accepts(next->path()) && !next->is_directory(unknown)) out.push_back(next->path());
  }
  if (problem) warn("skipped: " + folder.string() + ": " + problem.message());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace example
