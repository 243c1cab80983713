// A folder that a test may fill.
#pragma once

#include <filesystem>
#include <random>
#include <string>

namespace mll::test {

/// A new, empty folder that goes away with its owner.
class scratch_folder {
 public:
  scratch_folder()
      : path_{std::filesystem::temp_directory_path() /
              ("mll_test_" + std::to_string(std::random_device{}()))} {
    std::filesystem::create_directories(path_);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace mll::test
