// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <unistd.h>

#include <filesystem>
#include <random>
#include <string>
#include <system_error>

#include "mll/core/error.hpp"

namespace mll::detail {

/// A new, empty folder, removed with all that is in it when its owner is destroyed.
class temporary_folder {
 public:
  /// A folder in the system's folder for temporary files.
  temporary_folder() : temporary_folder{std::filesystem::temp_directory_path() / "mll"} {}
  /// The folder `BESIDE.<process>-<random number>`. Throws: `error` if it cannot be created.
  explicit temporary_folder(const std::filesystem::path& beside)
      : path_{beside.string() + "." + std::to_string(getpid()) + "-" +
              std::to_string(std::random_device{}())} {
    std::error_code failed;
    if (!std::filesystem::create_directory(path_, failed))
      throw error{"cannot create folder " + path_.string() + ": " +
                  (failed ? failed.message() : "it exists already")};
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace mll::detail
