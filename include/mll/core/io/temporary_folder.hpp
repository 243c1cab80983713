// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <random>
#include <string>
#include <system_error>

#include "mll/core/error.hpp"

namespace mll::detail {

/// A new folder that goes away with its owner.
class temporary_folder {
 public:
  explicit temporary_folder(const std::filesystem::path& beside)
      : path_{beside.string() + "." + std::to_string(getpid()) + "-" +
              std::to_string(std::random_device{}())} {
    std::error_code failed;
    if (!std::filesystem::create_directory(path_, failed))
      throw error{"cannot write " + path_.string() + ": " + failed.message()};
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
