// Counters of a Google Benchmark: the share of a bound and the ratio to a baseline, of the same run.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>

#include "bounds.hpp"

namespace mll::benchmark {

/// What must be read by an iteration, as a share of the measured read bandwidth of one thread.
inline void count_bytes(::benchmark::State& state, double bytes) {
  static const double bandwidth = read_bandwidth(1, 3);
  state.counters["bound_share"] =
      ::benchmark::Counter(bytes / bandwidth, ::benchmark::Counter::kIsIterationInvariantRate);
}

/// How many times as long the baseline takes.
inline void compare(::benchmark::State& state, double baseline_seconds) {
  state.counters["baseline_ratio"] =
      ::benchmark::Counter(baseline_seconds, ::benchmark::Counter::kIsIterationInvariantRate);
}

/// Seconds of the processor for one call on one thread, the least of three: what rates are counted in.
template <class F>
double seconds_of(const F& f) {
  double least = 1e30;
  for (int i = 0; i < 3; ++i) {
    const auto begin = std::clock();
    f();
    least = std::min(least, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  return least;
}

}  // namespace mll::benchmark
