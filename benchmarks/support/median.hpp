// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace mll::benchmark {

inline double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// The upper one of an even number of values. @param[in] values at least one
inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Seconds of a call of `f`, the median of `repeat` calls. `prepare` is called before each and does not
/// count.
template <class F, class Prepare>
double median_seconds(std::size_t repeat, const F& f, const Prepare& prepare) {
  std::vector<double> seconds;
  for (std::size_t i = 0; i < repeat; ++i) {
    prepare();
    const auto begin = std::chrono::steady_clock::now();
    f();
    seconds.push_back(seconds_since(begin));
  }
  return median(seconds);
}
template <class F>
double median_seconds(std::size_t repeat, const F& f) {
  return median_seconds(repeat, f, [] {});
}

}  // namespace mll::benchmark
