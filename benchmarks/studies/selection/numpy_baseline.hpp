// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The same selection in NumPy: runs benchmarks/studies/baselines/chco_numpy.py on exported inputs.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>

#include "../../support/numpy_program.hpp"

namespace mll::benchmark {

struct numpy_baseline {
  std::map<std::string, double> seconds;  // by stage, and "total"
  std::size_t same = 0;                   // classes with the same choice as mll
  std::size_t classes = 0;

  /// Throws: `std::runtime_error` if the program fails.
  static numpy_baseline run(const std::string& python, const std::filesystem::path& inputs) {
    numpy_baseline out;
    std::istringstream lines{run_numpy(python, MLL_NUMPY_BASELINE, inputs)};
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
