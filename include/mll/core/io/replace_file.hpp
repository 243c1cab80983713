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

/// Writes a file beside the one that is meant, waits until the disk has it, and renames it: whoever opens the
/// file finds all of the old content or all of the new.
///
/// @param[in] write called with a binary stream
/// Throws: `error` naming the file if that fails, and then leaves what was there.
template <class Write>
void replace_file(const std::filesystem::path& path, Write&& write) {
  namespace fs = std::filesystem;
  // Two processes that write the same file do not write into the same partial one.
  const fs::path partial = path.string() + ".partial" + std::to_string(::getpid());
  const auto fail = [&](const std::string& reason) {
    std::error_code ignored;
    fs::remove(partial, ignored);
    throw error{"cannot write " + path.string() + ": " + reason};
  };
  {
    std::ofstream stream{partial, std::ios::binary | std::ios::trunc};
    if (!stream) fail("the folder is not there, or not for us to write");
    std::forward<Write>(write)(static_cast<std::ostream&>(stream));
    stream.close();
    if (!stream) fail("the disk took less than all of it");
  }
  const int file = ::open(partial.c_str(), O_RDONLY | O_CLOEXEC);
  const bool kept = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (!kept) fail("the disk did not confirm it");
  std::error_code problem;
  fs::rename(partial, path, problem);
  if (problem) fail(problem.message());
}

}  // namespace mll::detail
