// The command line of the program selection.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>

#include "mll/core/error.hpp"

namespace mll::benchmark {

struct selection_options {
  std::string size = "small";
  std::string backend = "omp";
  std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
  std::size_t repeat = 5;
  std::uint64_t seed = 1;
  std::string json;
  std::string numpy = "auto";       // a Python with NumPy, for the baseline; off
  std::filesystem::path export_to;  // folder for the inputs as .npy, for other implementations

  static selection_options parse(int argc, char** argv) { return parse(argc, argv, selection_options{}); }
  /// @param[in] out what holds where nothing is said
  /// Throws: `invalid_argument` on what is none of these.
  static selection_options parse(int argc, char** argv, selection_options out) {
    const auto number = [](const std::string& name, const std::string& text) {
      if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos)
        throw invalid_argument{name, "a whole number", "'" + text + "'"};
      return static_cast<std::size_t>(std::stoul(text));
    };
    for (int i = 1; i < argc; i += 2) {
      const std::string name = argv[i];
      if (i + 1 == argc) throw invalid_argument{name, "a value", "none"};
      const std::string value = argv[i + 1];
      if (name == "--size")
        out.size = value;
      else if (name == "--backend")
        out.backend = value;
      else if (name == "--threads")
        out.threads = number(name, value);
      else if (name == "--repeat")
        out.repeat = number(name, value);
      else if (name == "--seed")
        out.seed = number(name, value);
      else if (name == "--json")
        out.json = value;
      else if (name == "--export")
        out.export_to = value;
      else if (name == "--numpy")
        out.numpy = value;
      else
        throw invalid_argument{"option",
                               "--size, --backend, --threads, --repeat, --seed, --json, --export or --numpy",
                               "'" + name + "'"};
    }
    if (out.repeat == 0) throw invalid_argument{"--repeat", "at least 1", "0"};
    if (out.threads == 0) throw invalid_argument{"--threads", "at least 1", "0"};
    return out;
  }
};

}  // namespace mll::benchmark
