#include <cstdio>
#include <exception>

#include "mll/exec/cuda.cuh"
#include "support/device_test.hpp"

int main() {
  if (mll::exec::cuda::device_count() == 0) {
    std::printf("SKIP: no CUDA device is here; where one is, run bash benchmarks/studies/cuda/cuda_run.sh\n");
    return 0;
  }
  for (const auto& test : mll::test::device_case::all()) {
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
