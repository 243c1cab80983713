// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A folder of real image experts with cached outputs. It is not part of this project: tests that need it skip
// if it is missing.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace mll::test {

/// The folder that MLL_VISION_KIT names, or the place where ctest looks for it; empty if it is missing.
inline std::optional<std::filesystem::path> vision_kit() {
  for (const char* name : {"MLL_VISION_KIT", "MLL_VISION_KIT_DEFAULT"}) {
    const char* folder = std::getenv(name);
    if (folder != nullptr && std::filesystem::exists(std::filesystem::path{folder} / "hub" / "models.tsv")) {
      return folder;
    }
  }
  return std::nullopt;
}

/// The first rows of a `.npy` file (version 1, C order).
template <class T>
struct npy_rows {
  std::size_t width = 0;  ///< numbers per row
  std::vector<T> values;

  npy_rows(const std::filesystem::path& file, const std::string& type, std::size_t rows) {
    std::ifstream stream{file, std::ios::binary};
    char start[10] = {};
    stream.read(start, sizeof start);
    std::string header(
        static_cast<unsigned char>(start[8]) + std::size_t{256} * static_cast<unsigned char>(start[9]), ' ');
    stream.read(header.data(), static_cast<std::streamsize>(header.size()));
    if (!stream || header.find("'" + type + "'") == std::string::npos) {
      throw std::runtime_error{file.string() + ": expected an array of type " + type + ", found " + header};
    }
    std::string shape = header.substr(header.find('(') + 1);
    shape = shape.substr(0, shape.find(')'));
    std::replace(shape.begin(), shape.end(), ',', ' ');
    std::istringstream sizes{shape};
    std::size_t size = 0;
    sizes >> size;
    width = 1;
    rows = std::min(rows, size);
    while (sizes >> size) width *= size;
    values.resize(rows * width);
    stream.read(reinterpret_cast<char*>(values.data()),
                static_cast<std::streamsize>(values.size() * sizeof(T)));
    if (!stream) throw std::runtime_error{file.string() + ": ends early"};
  }
};

/// The fields of a tab-separated file, without its first line.
inline std::vector<std::vector<std::string>> tsv_rows(const std::filesystem::path& file) {
  std::ifstream stream{file};
  std::string line;
  std::getline(stream, line);
  std::vector<std::vector<std::string>> out;
  while (std::getline(stream, line)) {
    out.emplace_back();
    std::istringstream fields{line};
    for (std::string field; std::getline(fields, field, '\t');) out.back().push_back(field);
  }
  return out;
}

}  // namespace mll::test
