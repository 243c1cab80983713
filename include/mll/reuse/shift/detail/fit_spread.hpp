// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/matrix.hpp"
#include "mll/reuse/detail/shift_model.hpp"
#include "mll/reuse/shift/shift_observation.hpp"
#include "mll/select/estimate/shift_fit.hpp"

namespace mll::detail {

/// The spread of errors, by Fisher scoring with a weak ridge at that of the prior.
MLL_LOCAL void fit_spread(std::span<const shift_observation> observed, std::span<const double> weights,
                          std::span<const double> estimates, shift_fit& fit) {
  constexpr std::size_t count = 4;
  const std::array<double, count> prior = fit.spread;
  for (int step = 0; step < 50; ++step) {
    matrix<double> left = zeros<double>(count, count);
    std::vector<double> move(count, 0);
    for (std::size_t i = 0; i < observed.size(); ++i) {
      const auto z = spread_regressors(observed[i].features, estimates[i]);
      const double error = estimates[i] - observed[i].accuracy;
      const double s = shift_error(fit, observed[i].features, estimates[i], observed[i].samples);
      const double variance = s * s;
      const double own = variance - sampling_variance(estimates[i], observed[i].samples);
      const double share = own / variance;
      for (std::size_t k = 0; k < count; ++k) {
        move[k] += weights[i] * (error * error / variance - 1) * share * z[k];
        for (std::size_t j = 0; j <= k; ++j)
          row_of(left, k)[j] += weights[i] * 2 * share * share * z[k] * z[j];
      }
    }
    constexpr double ridge = 5;
    for (std::size_t k = 0; k < count; ++k) {
      move[k] += ridge * (prior[k] - fit.spread[k]);
      row_of(left, k)[k] += ridge;
    }
    solve_spd(left, move);
    double largest = 0;
    for (const double one : move) largest = std::max(largest, std::abs(one));
    for (std::size_t k = 0; k < count; ++k) fit.spread[k] += move[k] * std::min(1.0, 0.5 / largest);
    if (largest < 1e-6) break;
  }
}

}  // namespace mll::detail
