// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Helpers of the fuzz targets: splitting the input into files, and checks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "support/files.hpp"

namespace mll::test {

/// Splits an input at ASCII record separators into `count` parts; missing parts are empty, the last one takes
/// the rest.
inline std::vector<std::string> fuzz_parts(const std::uint8_t* data, std::size_t size, std::size_t count) {
  constexpr char separator = '\x1e';
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  std::vector<std::string> out;
  while (out.size() + 1 < count) {
    const std::size_t end = rest.find(separator);
    out.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  out.emplace_back(rest);
  return out;
}

/// The folder of the files, one per process; every input overwrites them.
inline const std::filesystem::path& fuzz_folder() {
  static const detail::temporary_folder folder;
  return folder.path();
}

/// Aborts if a check of an accepted input fails.
inline void must_hold(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace mll::test
