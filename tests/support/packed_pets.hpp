// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A packed task of two experts with licences.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "mll/reuse/io/packed_task.hpp"
#include "support/files.hpp"
#include "support/small_selection.hpp"

namespace mll::test {

/// Writes the files of the experts of `small_selection` to a folder.
inline packed_task pets_in(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  write_file(folder / "birds.onnx", std::string(100'000, 'w'));
  write_file(folder / "birds.labels.txt", "crane\ngoose\n");
  write_file(folder / "LICENSE", "free");
  return {.name = "pets",
          .chosen = small_selection(),
          .experts = {{.name = "birds",
                       .file = folder / "birds.onnx",
                       .beside = {folder / "birds.labels.txt"},
                       .licences = {folder / "LICENSE"}}},
          .document = R"({"samples": "images"})"};
}

}  // namespace mll::test
