// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Measured upper bounds of this machine; other benchmarks print their share of them.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "median.hpp"

namespace mll::benchmark {

/// Runs `f(thread)` on `threads` threads; returns the seconds from the first start to the last end.
template <class F>
double run_threads(std::size_t threads, const F& f) {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::thread> others;
  for (std::size_t t = 1; t < threads; ++t) others.emplace_back([&f, t] { f(t); });
  f(0);
  for (auto& thread : others) thread.join();
  return seconds_since(begin);
}

/// Read bandwidth of the memory in bytes per second, one contiguous part per thread: median of `passes`
/// passes over 1 GiB. The sum keeps the compiler from removing the loop.
inline double read_bandwidth(std::size_t threads, std::size_t passes = 7) {
  static const std::vector<std::uint64_t> memory(std::size_t{1} << 27, 1);
  std::vector<std::uint64_t> sums(threads * 16, 0);
  std::vector<double> seconds;
  for (std::size_t pass = 0; pass < passes; ++pass) {
    seconds.push_back(run_threads(threads, [&](std::size_t t) {
      const std::size_t begin = memory.size() * t / threads;
      const std::size_t end = memory.size() * (t + 1) / threads;
      std::uint64_t lanes[8] = {};
      for (std::size_t i = begin; i + 8 <= end; i += 8) {
        for (std::size_t lane = 0; lane < 8; ++lane) lanes[lane] += memory[i + lane];
      }
      for (const std::uint64_t lane : lanes) sums[t * 16] += lane;
    }));
  }
  volatile std::uint64_t keep = sums[0];
  static_cast<void>(keep);
  return static_cast<double>(memory.size() * sizeof(std::uint64_t)) / median(seconds);
}

/// Single-precision multiply-adds per second, from registers: median of `passes` passes.
inline double multiply_add_rate(std::size_t threads, std::size_t passes = 7) {
  constexpr std::size_t rounds = 2000000;
  // The width of Eigen's packets: with AVX-512, eight floats are half a register.
  constexpr int width = std::max(4, int{Eigen::internal::packet_traits<float>::size});
  using lanes = Eigen::Array<float, width, 1>;
  std::vector<float> results(threads * 16, 0);
  std::vector<double> seconds;
  for (std::size_t pass = 0; pass < passes; ++pass) {
    seconds.push_back(run_threads(threads, [&](std::size_t t) {
      // Twelve independent vectors hide the latency of the operation.
      lanes sums[12];
      for (std::size_t i = 0; i < 12; ++i) sums[i].setConstant(static_cast<float>(i));
      const lanes factor = lanes::Constant(1.0F - 1e-7F);
      const lanes term = lanes::Constant(1e-7F);
      for (std::size_t round = 0; round < rounds; ++round) {
        for (auto& sum : sums) sum = sum * factor + term;
      }
      for (const auto& sum : sums) results[t * 16] += sum.sum();
    }));
  }
  volatile float keep = results[0];
  static_cast<void>(keep);
  return static_cast<double>(threads * rounds * 12 * std::size_t{width}) / median(seconds);
}

}  // namespace mll::benchmark
