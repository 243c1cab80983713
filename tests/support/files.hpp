// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Whole files, byte for byte.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace mll::test {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream stream{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}
inline void write_file(const std::filesystem::path& path, std::string_view content) {
  std::ofstream stream{path, std::ios::binary};
  stream.write(content.data(), static_cast<std::streamsize>(content.size()));
}

}  // namespace mll::test
