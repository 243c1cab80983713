// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include "mll/core/error.hpp"

namespace mll::detail {

/// Replaces a file atomically: makes a sibling, flushes it to disk and renames it, so that a reader sees
/// either all of the old content or all of the new.
///
/// @param[in] make `(path)`: makes the new content at this path; throws if it cannot
/// Throws: `error` naming the file if it cannot be written; the old content stays. What `make` throws,
/// likewise.
template <class Make>
void replace_file_by(const std::filesystem::path& path, Make&& make) {
  namespace fs = std::filesystem;
  // One partial file per process.
  const fs::path partial = path.string() + ".partial" + std::to_string(::getpid());
  const auto fail = [&](const std::string& reason) {
    std::error_code ignored;
    fs::remove(partial, ignored);
    throw error{"cannot write " + path.string() + ": " + reason};
  };
  std::error_code problem;
  // A device must not be replaced by a file.
  if (const auto status = fs::status(path, problem); fs::exists(status) && !fs::is_regular_file(status))
    fail(fs::is_directory(status) ? "a folder of this name exists" : "not a regular file");
  try {
    std::forward<Make>(make)(partial);
  } catch (...) {
    std::error_code ignored;
    fs::remove(partial, ignored);
    throw;
  }
  const int file = ::open(partial.c_str(), O_RDONLY | O_CLOEXEC);
  const bool kept = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (!kept) fail("fsync failed");
  fs::rename(partial, path, problem);
  if (problem) fail(problem.message());
}

/// The same for content that is written to a stream.
/// @param[in] write `(std::ostream&)`: writes the content to a binary stream
template <class Write>
void replace_file(const std::filesystem::path& path, Write&& write) {
  const auto failed = [&](const char* reason) {
    return error{"cannot write " + path.string() + ": " + reason};
  };
  replace_file_by(path, [&](const std::filesystem::path& partial) {
    std::ofstream stream{partial, std::ios::binary | std::ios::trunc};
    if (!stream) throw failed("cannot open for writing");
    std::forward<Write>(write)(static_cast<std::ostream&>(stream));
    stream.close();
    if (!stream) throw failed("short write (disk full?)");
  });
}

}  // namespace mll::detail
