// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Upper bounds of this machine, on 1 thread and on all: read bandwidth and single-precision multiply-add
// rate.

#include "../../support/bounds.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <thread>

#include "../../support/program.hpp"

int main(int argc, char** argv) {
  CLI::App app{"Measures the read bandwidth and the multiply-add rate of this machine.", "bounds"};
  std::size_t passes = 7;
  app.add_option("--passes", passes, "Passes; the median counts")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  return mll::benchmark::run_program(app, argc, argv, [&] {
    const std::size_t all = std::max(1U, std::thread::hardware_concurrency());
    std::printf("threads  read GB/s  multiply-adds G/s\n");
    for (std::size_t threads = 1; threads <= all; threads = threads == all ? all + 1 : all) {
      std::printf("%7zu  %9.1f  %17.1f\n", threads, mll::benchmark::read_bandwidth(threads, passes) / 1e9,
                  mll::benchmark::multiply_add_rate(threads, passes) / 1e9);
    }
  });
}
