// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

/// Scalar functions that stay finite where the textbook form does not.
namespace mll::numerics {

/// Bound of log-odds in the library. Near it, a probability in single precision is indistinguishable from
/// certainty; responses are stored within it.
inline constexpr float max_log_odds = 12.0F;

/// How far rounding may take a score out of [0, 1]: up to this, a score is clamped; beyond it, it is an
/// error.
inline constexpr float score_tolerance = 1e-4F;

/// Logistic function `1 / (1 + exp(-x))`, without overflow for any finite x.
template <class T>
[[nodiscard]] T sigmoid(T x) noexcept {
  if (x >= T{0}) return T{1} / (T{1} + std::exp(-x));
  const T e = std::exp(x);
  return e / (T{1} + e);
}

/// Log-odds `log(p / (1 - p))`, clamped to `[-max_log_odds, max_log_odds]`; finite for p = 0 and p = 1, NaN
/// for NaN.
template <class T>
[[nodiscard]] T logit(T p) noexcept {
  constexpr auto bound = static_cast<T>(max_log_odds);
  if (std::isnan(p)) return p;
  if (p <= T{0}) return -bound;
  if (p >= T{1}) return bound;
  return std::clamp(std::log(p) - std::log1p(-p), -bound, bound);
}

/// `log(1 + exp(x))` without overflow.
template <class T>
[[nodiscard]] T softplus(T x) noexcept {
  return std::max(x, T{0}) + std::log1p(std::exp(-std::abs(x)));
}

/// `log(sum_i exp(values[i]))` without overflow; minus infinity for an empty range, NaN if a value is NaN.
template <class T>
[[nodiscard]] T log_sum_exp(std::span<const T> values) noexcept {
  if (values.empty()) return -std::numeric_limits<T>::infinity();
  T top = values.front();
  for (const T value : values) {
    if (std::isnan(value)) return value;
    top = std::max(top, value);
  }
  if (!std::isfinite(top)) return top;
  T sum{0};
  for (const T value : values) sum += std::exp(value - top);
  return top + std::log(sum);
}

/// Replaces scores by probabilities, `exp(v_i) / sum_j exp(v_j)`. A score of minus infinity becomes 0; if all
/// are, the result is uniform. If a score is NaN or plus infinity, all become NaN: the sample has no
/// probabilities. The sum differs from 1 by rounding only, for scores of any size.
template <class T>
void softmax(std::span<T> values) noexcept {
  constexpr T infinity = std::numeric_limits<T>::infinity();
  T top = -infinity;
  for (const T value : values) {
    if (!(value < infinity))
      return std::fill(values.begin(), values.end(), std::numeric_limits<T>::quiet_NaN());
    top = std::max(top, value);
  }
  T sum{0};
  for (T& value : values) {
    // Not by log_sum_exp, whose rounding grows with the scores.
    value = top == -infinity ? T{1} : std::exp(value - top);
    sum += value;
  }
  for (T& value : values) value /= sum;
}

}  // namespace mll::numerics
