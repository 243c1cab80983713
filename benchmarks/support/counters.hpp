// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Counters of a Google Benchmark: share of a bound and ratio to a baseline, measured in the same run.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <ctime>

#include "bounds.hpp"

namespace mll::benchmark {

/// Bytes read per iteration, as a share of the measured read bandwidth of one thread.
inline void count_bytes(::benchmark::State& state, double bytes) {
  static const double bandwidth = read_bandwidth(1, 3);
  state.counters["bound_share"] =
      ::benchmark::Counter(bytes / bandwidth, ::benchmark::Counter::kIsIterationInvariantRate);
}

/// Time of the baseline / time of an iteration.
inline void compare(::benchmark::State& state, double baseline_seconds) {
  state.counters["baseline_ratio"] =
      ::benchmark::Counter(baseline_seconds, ::benchmark::Counter::kIsIterationInvariantRate);
}

/// Processor seconds of one call on one thread, the minimum of three.
template <class F>
double seconds_of(const F& f) {
  double out = 1e30;
  for (int i = 0; i < 3; ++i) {
    const auto begin = std::clock();
    f();
    out = std::min(out, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  return out;
}

}  // namespace mll::benchmark
