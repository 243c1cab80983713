// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstdint>

namespace mll {

/// Count, mean, squared deviations and hits of the responses of a head to some samples. Two of them over
/// disjoint samples can be merged, so that new samples never ask for the old ones again.
///
/// Exact in real arithmetic, and stable in floating point: Welford's update, and the pairwise merge of Chan,
/// Golub and LeVeque (1979).
struct response_statistics {
  std::uint64_t n = 0;     ///< number of samples
  double mean = 0;         ///< mean response; 0 if there are no samples
  double m2 = 0;           ///< sum of squared deviations from the mean
  std::uint64_t hits = 0;  ///< samples on which no other head of the model answers higher

  /// Takes one more response in.
  void add(double response, bool hit) noexcept {
    ++n;
    const double delta = response - mean;
    mean += delta / static_cast<double>(n);
    m2 += delta * (response - mean);
    hits += hit ? 1U : 0U;
  }

  /// Takes the statistics of other samples in.
  void merge(const response_statistics& other) noexcept {
    if (other.n == 0) return;
    const auto mine = static_cast<double>(n);
    const auto theirs = static_cast<double>(other.n);
    const double delta = other.mean - mean;
    mean += delta * theirs / (mine + theirs);
    m2 += other.m2 + delta * delta * mine * theirs / (mine + theirs);
    n += other.n;
    hits += other.hits;
  }

  /// Variance with divisor n; 0 if there are no samples.
  [[nodiscard]] double variance() const noexcept { return n == 0 ? 0 : m2 / static_cast<double>(n); }
  /// Share of hits; 0 if there are no samples.
  [[nodiscard]] double hit_rate() const noexcept {
    return n == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(n);
  }

  friend bool operator==(const response_statistics&, const response_statistics&) = default;
};

}  // namespace mll
