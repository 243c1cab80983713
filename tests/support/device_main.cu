// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>

#include "mll/exec/cuda.cuh"
#include "support/device_test.hpp"

// Usage: test_cuda [TEXT...]: leaves out the tests whose names contain one of the texts.
int main(int argc, char** argv) {
  if (mll::exec::cuda::device_count() == 0) {
    std::printf("SKIP: no CUDA device is here; where one is, run bash benchmarks/studies/cuda/cuda_run.sh\n");
    return 0;
  }
  for (const auto& test : mll::test::device_case::all()) {
    const bool is_left_out = std::any_of(
        argv + 1, argv + argc, [&](const char* text) { return test.name.find(text) != std::string::npos; });
    if (is_left_out) continue;
    std::printf("%s\n", test.name.c_str());
    try {
      test.run();
    } catch (const std::exception& error) {
      std::printf("  throws: %s\n", error.what());
      ++mll::test::device_case::failures();
    }
  }
  std::printf("%zu tests, %d failures\n", mll::test::device_case::all().size(),
              mll::test::device_case::failures());
  return mll::test::device_case::failures() == 0 && !mll::test::device_case::all().empty() ? 0 : 1;
}
