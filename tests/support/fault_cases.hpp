// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// How many random cases a test of faults tries.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <string>

namespace mll::test {

/// The number of random cases of a test: the long form is for `ctest -L faults`.
inline std::size_t fault_cases(std::size_t in_short, std::size_t in_long) {
  const char* wanted = std::getenv("MLL_FAULTS");
  return wanted != nullptr && std::string{wanted} == "long" ? in_long : in_short;
}

}  // namespace mll::test
