// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
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

/// Replaces a file atomically: writes a sibling, flushes it to disk and renames it, so that a reader sees
/// either all of the old content or all of the new.
///
/// @param[in] write `(std::ostream&)`: writes the content to a binary stream
/// Throws: `error` naming the file if it cannot be written; the old content stays. What `write` throws,
/// likewise.
template <class Write>
void replace_file(const std::filesystem::path& path, Write&& write) {
  namespace fs = std::filesystem;
  // One partial file per process.
  const fs::path partial = path.string() + ".partial" + std::to_string(::getpid());
  const auto fail = [&](const std::string& reason) {
    std::error_code ignored;
    fs::remove(partial, ignored);
    throw error{"cannot write " + path.string() + ": " + reason};
  };
  {
    std::ofstream stream{partial, std::ios::binary | std::ios::trunc};
    if (!stream) fail("cannot open for writing");
    try {
      std::forward<Write>(write)(static_cast<std::ostream&>(stream));
    } catch (...) {
      std::error_code ignored;
      fs::remove(partial, ignored);
      throw;
    }
    stream.close();
    if (!stream) fail("short write (disk full?)");
  }
  const int file = ::open(partial.c_str(), O_RDONLY | O_CLOEXEC);
  const bool kept = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (!kept) fail("fsync failed");
  std::error_code problem;
  fs::rename(partial, path, problem);
  if (problem) fail(problem.message());
}

}  // namespace mll::detail
