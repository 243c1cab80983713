// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// What the programs of the studies share: arguments, errors, JSON files.
#pragma once

#include <CLI/CLI.hpp>
#include <exception>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace mll::benchmark {

/// Parses the command line and calls `work`. Returns the exit code: 0 for success, 1 for an exception, 2 for
/// wrong arguments.
template <class Work>
int run_program(CLI::App& app, int argc, char** argv, const Work& work) {
  try {
    app.parse(argc, argv);
    work();
    return 0;
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : 2;
  } catch (const std::exception& problem) {
    std::cerr << app.get_name() << ": " << problem.what() << '\n';
    return 1;
  }
}

/// Throws: `std::runtime_error` if the file cannot be written.
inline void write_json(const std::string& file, const nlohmann::ordered_json& value) {
  std::ofstream out{file, std::ios::binary};
  out << value.dump(1) << '\n';  // NaN becomes null
  if (!out.flush()) throw std::runtime_error{"cannot write " + file};
}

}  // namespace mll::benchmark
