// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Tests of what runs on a CUDA device, in a program that needs no library but the CUDA toolkit.
#pragma once

#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace mll::test {

struct device_case {
  std::string name;
  std::function<void()> run;

  static std::vector<device_case>& all() {
    static std::vector<device_case> cases;
    return cases;
  }
  static int& failures() {
    static int count = 0;
    return count;
  }
};

struct device_case_registration {
  device_case_registration(std::string name, std::function<void()> run) {
    device_case::all().push_back({std::move(name), std::move(run)});
  }
};

inline void device_check(bool holds, const char* what, const char* file, int line) {
  if (holds) return;
  std::printf("%s:%d: does not hold: %s\n", file, line, what);
  ++device_case::failures();
}

}  // namespace mll::test

#define MLL_DEVICE_CHECK(...) ::mll::test::device_check((__VA_ARGS__), #__VA_ARGS__, __FILE__, __LINE__)
#define MLL_DEVICE_TEST(function, name)                                                      \
  static void function();                                                                    \
  static const ::mll::test::device_case_registration function##_registered{name, &function}; \
  static void function()
