// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/matrix.hpp"
#include "mll/select/estimate/accuracy_estimate.hpp"
#include "mll/select/estimate/shift_fit.hpp"

namespace mll::detail {

/// The class with the greatest score, per row.
[[nodiscard]] inline std::vector<std::uint32_t> answers_of(const matrix<float>& scores) {
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i < static_cast<std::size_t>(scores.rows()); ++i) {
    const std::span<const float> row = row_of(scores, i);
    out.push_back(static_cast<std::uint32_t>(std::max_element(row.begin(), row.end()) - row.begin()));
  }
  return out;
}

/// Cohen's kappa between two answers to the same samples: agreement beyond chance, 1 if they are equal. NaN
/// if chance explains everything.
/// @param[in] weights of the samples; empty: equal
[[nodiscard]] inline double cohen_kappa(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b,
                                        std::span<const double> weights, std::size_t classes) {
  double total = 0;
  double same = 0;
  std::vector<double> of_a(classes, 0);
  std::vector<double> of_b(classes, 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double weight = weights.empty() ? 1 : weights[i];
    total += weight;
    same += a[i] == b[i] ? weight : 0;
    of_a[a[i]] += weight;
    of_b[b[i]] += weight;
  }
  double chance = 0;
  for (std::size_t y = 0; y < classes; ++y) chance += of_a[y] / total * (of_b[y] / total);
  if (!(total > 0) || !(chance < 1)) return std::numeric_limits<double>::quiet_NaN();
  return (same / total - chance) / (1 - chance);
}

/// Logit of `kappa(a) = (a - 1/C) / (1 - 1/C)`, clipped to [.01, .99].
[[nodiscard]] inline double log_odds_of_kappa(double accuracy, std::size_t classes) {
  const double chance = 1 / static_cast<double>(classes);
  const double kappa = std::clamp((accuracy - chance) / (1 - chance), 0.01, 0.99);
  return std::log(kappa / (1 - kappa));
}

/// The inverse of `log_odds_of_kappa`.
[[nodiscard]] inline double accuracy_of_log_odds(double log_odds, std::size_t classes) {
  const double chance = 1 / static_cast<double>(classes);
  return chance + (1 - chance) / (1 + std::exp(-log_odds));
}

/// Sets what to expect of samples from elsewhere.
inline void expect_elsewhere(accuracy_estimate& out, std::size_t classes, const shift_fit& shift) {
  if (!out.is_known()) return;
  const double promised = log_odds_of_kappa(out.accuracy, classes);
  out.elsewhere = {accuracy_of_log_odds(promised - shift.fall, classes),
                   accuracy_of_log_odds(promised - shift.max_fall, classes),
                   accuracy_of_log_odds(promised - shift.min_fall, classes)};
}

}  // namespace mll::detail
