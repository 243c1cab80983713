// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "mll/select/estimate/detail/kappa.hpp"
#include "mll/select/estimate/shift_fit.hpp"

namespace mll::detail {

/// What the coefficients of a `shift_fit` are factors of.
[[nodiscard]] inline std::array<double, 9> shift_regressors(const shift_features& seen) {
  return {1,
          seen.cot,
          seen.promised,
          std::isnan(seen.agreement) ? 0 : seen.agreement,
          seen.bias,
          seen.own,
          seen.named,
          seen.nameless,
          seen.fall_of_agreement};
}

/// Logit of kappa of the accuracy on a batch.
[[nodiscard]] inline double shifted_log_odds(const shift_fit& fit, const shift_features& seen) {
  const std::array<double, 9> values = shift_regressors(seen);
  double out = 0;
  for (std::size_t k = 0; k < values.size(); ++k) out += fit.coefficients[k] * values[k];
  return out;
}

/// The accuracy on a batch.
[[nodiscard]] inline double shifted_accuracy(const shift_fit& fit, const shift_features& seen,
                                             std::size_t classes) {
  return accuracy_of_log_odds(shifted_log_odds(fit, seen), classes);
}

/// What the entries of `shift_fit::spread` are factors of. @param[in] p the expected accuracy
[[nodiscard]] inline std::array<double, 4> spread_regressors(const shift_features& seen, double p) {
  return {1, std::max(std::log(std::max(1e-12, p * (1 - p))), -3.0), seen.named + seen.nameless,
          std::max(std::min(0.0, seen.cot - seen.promised), -3.0)};
}

/// Variance of an accuracy p that was measured on some samples.
[[nodiscard]] inline double sampling_variance(double p, std::size_t samples) {
  return std::max(p * (1 - p), 0.02) / static_cast<double>(samples);
}

/// Standard error of the estimate p.
[[nodiscard]] inline double shift_error(const shift_fit& fit, const shift_features& seen, double p,
                                        std::size_t samples) {
  const std::array<double, 4> values = spread_regressors(seen, p);
  double log_spread = 0;
  for (std::size_t k = 0; k < values.size(); ++k) log_spread += fit.spread[k] * values[k];
  return std::sqrt(std::exp(2 * log_spread) + sampling_variance(p, samples));
}

}  // namespace mll::detail
