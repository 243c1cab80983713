// The same selection in NumPy, by benchmarks/baselines/chco_numpy.py on exported inputs.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace mll::benchmark {

/// A folder that is deleted with its contents.
class scratch_folder {
 public:
  scratch_folder()
      : path_{std::filesystem::temp_directory_path() / ("mll_selection_" + std::to_string(getpid()))} {}
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

struct numpy_baseline {
  std::map<std::string, double> seconds;  // by stage, and "total"
  std::size_t same = 0;                   // classes with the choice of mll
  std::size_t classes = 0;

  /// A Python that has NumPy: the one that was asked for, or with "auto" the first one that there is.
  static std::optional<std::string> find_python(const std::string& asked) {
    if (asked == "off") return std::nullopt;
    std::vector<std::string> pythons{asked};
    if (asked == "auto") pythons = {"python3", "/usr/bin/python3"};
    for (const std::string& python : pythons) {
      if (std::system(("'" + python + "' -c 'import numpy' 2> /dev/null").c_str()) == 0) return python;
    }
    return std::nullopt;
  }

  /// Throws: `std::runtime_error` if the program fails.
  static numpy_baseline run(const std::string& python, const std::filesystem::path& inputs) {
    const std::string command = "'" + python + "' '" MLL_NUMPY_BASELINE "' '" + inputs.string() + "'";
    struct close {
      void operator()(std::FILE* pipe) const { pclose(pipe); }
    };
    std::unique_ptr<std::FILE, close> pipe{popen(command.c_str(), "r")};
    if (!pipe) throw std::runtime_error{"could not run " + command};
    std::string text;
    char some[256];
    while (std::fgets(some, sizeof some, pipe.get()) != nullptr) text += some;
    if (pclose(pipe.release()) != 0) throw std::runtime_error{"failed: " + command};
    numpy_baseline out;
    std::istringstream lines{text};
    for (std::string name; lines >> name;) {
      if (name == "same") {
        lines >> out.same >> name >> out.classes;
      } else {
        lines >> out.seconds[name];
      }
    }
    return out;
  }
};

}  // namespace mll::benchmark
