// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>

namespace mll::numerics {

/// Added to a probability before its logarithm: small probabilities stay distinct, and the logarithm is
/// bounded.
inline constexpr float probability_floor = 0.003F;

/// Probabilities of log-odds, elementwise.
template <class Log>
[[nodiscard]] Eigen::ArrayXX<typename Log::Scalar> to_probability(const Eigen::ArrayBase<Log>& log_odds) {
  return (1 + (-log_odds).exp()).inverse();
}

/// `log(p + probability_floor)` of log-odds, elementwise.
template <class Log>
[[nodiscard]] Eigen::ArrayXX<typename Log::Scalar> to_log_probability(const Eigen::ArrayBase<Log>& log_odds) {
  return (to_probability(log_odds) + probability_floor).log();
}

}  // namespace mll::numerics
