// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Three bytes (type, rows and columns to read as) and a `.npy` file.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

#include "../../benchmarks/studies/accuracy/npy_table.hpp"
#include "mll/label/io/npy.hpp"
#include "support/fuzz_input.hpp"

namespace {

template <class T>
void read_as(const std::filesystem::path& file, std::string_view content, std::size_t rows,
             std::size_t columns) {
  try {
    const auto values = mll::detail::read_label_array<T>(file, rows, columns);
    const std::size_t bytes = rows * columns * sizeof(T);
    mll::test::must_hold(
        static_cast<std::size_t>(values.rows()) == rows && static_cast<std::size_t>(values.cols()) == columns,
        "an array has the shape that was asked for");
    std::string held(bytes, '\0');
    if (bytes != 0) std::memcpy(held.data(), static_cast<const void*>(values.data()), bytes);
    std::string written{content.substr(content.size() - bytes)};
    std::sort(held.begin(), held.end());  // their order depends on the header
    std::sort(written.begin(), written.end());
    mll::test::must_hold(held == written, "an array holds the bytes behind the header");
  } catch (const mll::parse_error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::string_view content{reinterpret_cast<const char*>(data) + 3, size - 3};
  const auto file = mll::test::fuzz_folder() / "array.npy";
  mll::test::write_file(file, content);
  switch (data[0] % 3) {
    case 0:
      read_as<std::uint8_t>(file, content, data[1], data[2]);
      break;
    case 1:
      read_as<Eigen::half>(file, content, data[1], data[2]);
      break;
    default:
      read_as<float>(file, content, data[1], data[2]);
  }
  try {
    const auto table = accuracy::read_npy(file);
    mll::test::must_hold(static_cast<std::size_t>(table.size()) <= content.size(),
                         "a table holds no more than its file");
  } catch (const std::runtime_error&) {
  }
  return 0;
}
