// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <filesystem>
#include <string>
#include <system_error>

namespace mll::detail {

/// What a path is instead of a regular file; empty if it is one. Opening a pipe can block forever, and a
/// device may never end.
[[nodiscard]] inline std::string why_not_regular(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  std::error_code problem;
  switch (fs::status(path, problem).type()) {
    case fs::file_type::regular:
      return {};
    case fs::file_type::not_found:
      return "no such file";
    case fs::file_type::directory:
      return "a folder";
    case fs::file_type::none:  // a link to itself, a folder without rights on the way
      return problem.message();
    default:
      return "not a regular file";
  }
}

/// Whether a folder has an entry of this name, even one that cannot be opened (a broken link, a link to
/// itself, no access rights). Reading it then reports the reason.
[[nodiscard]] inline bool has_entry(const std::filesystem::path& path) {
  std::error_code unknown;
  const auto status = std::filesystem::symlink_status(path, unknown);
  return !std::filesystem::status_known(status) || std::filesystem::exists(status);
}

}  // namespace mll::detail
