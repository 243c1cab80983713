// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Runs baselines in NumPy on inputs in files.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace mll::benchmark {

/// A Python with NumPy: `asked`, or the first one found for "auto"; none for "off".
inline std::optional<std::string> find_numpy(const std::string& asked = "auto") {
  if (asked == "off") return std::nullopt;
  std::vector<std::string> pythons{asked};
  if (asked == "auto") pythons = {"python3", "/usr/bin/python3"};
  for (const std::string& python : pythons) {
    if (std::system(("'" + python + "' -c 'import numpy' 2> /dev/null").c_str()) == 0) return python;
  }
  return std::nullopt;
}

/// Runs a program on the inputs in a folder; returns its output.
/// Throws: `std::runtime_error` if it fails.
inline std::string run_numpy(const std::string& python, const std::string& program,
                             const std::filesystem::path& inputs) {
  const std::string command = "'" + python + "' '" + program + "' '" + inputs.string() + "'";
  struct close {
    void operator()(std::FILE* pipe) const { pclose(pipe); }
  };
  std::unique_ptr<std::FILE, close> pipe{popen(command.c_str(), "r")};
  if (!pipe) throw std::runtime_error{"cannot run " + command};
  std::string text;
  char some[256];
  while (std::fgets(some, sizeof some, pipe.get()) != nullptr) text += some;
  if (pclose(pipe.release()) != 0) throw std::runtime_error{"failed: " + command};
  return text;
}

}  // namespace mll::benchmark
