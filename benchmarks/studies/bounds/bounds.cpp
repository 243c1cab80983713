// The bounds of this machine, on 1 thread and on all: read bandwidth and single-precision multiply-add rate.
//
// Usage: bounds

#include "../../support/bounds.hpp"

#include <cstdio>
#include <thread>

int main() {
  const std::size_t all = std::max(1U, std::thread::hardware_concurrency());
  std::printf("threads  read GB/s  multiply-adds G/s\n");
  for (std::size_t threads = 1; threads <= all; threads = threads == all ? all + 1 : all) {
    std::printf("%7zu  %9.1f  %17.1f\n", threads, mll::benchmark::read_bandwidth(threads) / 1e9,
                mll::benchmark::multiply_add_rate(threads) / 1e9);
  }
}
