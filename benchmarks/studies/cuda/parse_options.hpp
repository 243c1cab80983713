// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Parses the command line without a library, as selection_cuda builds with a CUDA toolkit alone.
#pragma once

#include <cstddef>
#include <string>

#include "../selection/options.hpp"
#include "mll/core/error.hpp"

namespace mll::benchmark {

/// @param[in] out defaults
/// Throws: `invalid_argument` for an unknown option or a wrong value.
inline selection_options parse_options(int argc, char** argv, selection_options out) {
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
    else if (name == "--repeat")
      out.repeat = number(name, value);
    else if (name == "--seed")
      out.seed = number(name, value);
    else if (name == "--json")
      out.json = value;
    else if (name == "--export")
      out.export_to = value;
    else
      throw invalid_argument{"option", "--size, --repeat, --seed, --json or --export", "'" + name + "'"};
  }
  if (out.repeat == 0) throw invalid_argument{"--repeat", "at least 1", "0"};
  return out;
}

}  // namespace mll::benchmark
