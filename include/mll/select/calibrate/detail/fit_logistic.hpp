// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/elementwise.hpp"
#include "mll/select/calibrate/detail/newton_logistic.hpp"
#include "mll/select/calibrate/logistic_fit.hpp"

namespace mll::detail {

/// Responses to be fitted, with memory for the fit. All of the same length, a multiple of `lane_block`.
struct logistic_data {
  std::span<const float> log_odds;
  std::span<const float> own;   ///< weight of the samples of the class
  std::span<const float> rest;  ///< weight of all other samples
  std::span<float> margin;      ///< scratch: the linear map of the log-odds
  std::span<float> fade;        ///< scratch: `exp(-|margin|)`
};

/// Sums of floats in double precision, in a fixed order.
class lane_sum {
 public:
  void add(const float* values) {
    for (std::size_t k = 0; k < lane_block; k += chains) {
      for (std::size_t c = 0; c < chains; ++c) sums_[c] += static_cast<double>(values[k + c]);
    }
  }
  [[nodiscard]] double total() const {
    return ((sums_[0] + sums_[4]) + (sums_[2] + sums_[6])) + ((sums_[1] + sums_[5]) + (sums_[3] + sums_[7]));
  }

 private:
  static constexpr std::size_t chains = 8;
  std::array<double, chains> sums_{};
};

/// Newton steps that this thread has made: for studies of who does how much of the work.
inline thread_local std::uint64_t newton_steps = 0;

/// Fits a logistic map to weighted responses; a response may have weight on both sides.
///
/// @param[in] samples effective number of samples, which divides the precision of the prior
/// Complexity: O(n) per iteration, about ten iterations.
MLL_LOCAL calibration fit_logistic(const logistic_data& data, double samples,
                                   const calibration_prior& prior) {
  const std::size_t n = data.log_odds.size();
  const auto loss = [&](double slope, double intercept) {
    const auto a = static_cast<float>(slope);
    const auto b = static_cast<float>(intercept);
    lane_sum sum;
    for (std::size_t i = 0; i < n; i += lane_block) {
      const float* const x = data.log_odds.data() + i;
      const float* const own = data.own.data() + i;
      const float* const rest = data.rest.data() + i;
      alignas(64) float margin[lane_block];
      alignas(64) float fade[lane_block];
      alignas(64) float terms[lane_block];
      for (std::size_t k = 0; k < lane_block; ++k) {
        margin[k] = a * x[k] + b;
        fade[k] = -std::abs(margin[k]);
      }
      exp_lanes(fade);
      for (std::size_t k = 0; k < lane_block; ++k) terms[k] = 1 + fade[k];
      log_lanes(terms);
      for (std::size_t k = 0; k < lane_block; ++k) {
        terms[k] = (own[k] + rest[k]) * terms[k] + own[k] * std::max(-margin[k], 0.0F) +
                   rest[k] * std::max(margin[k], 0.0F);
      }
      sum.add(terms);
      std::copy_n(margin, lane_block, data.margin.data() + i);
      std::copy_n(fade, lane_block, data.fade.data() + i);
    }
    return sum.total();
  };
  const auto derive = [&] {
    ++newton_steps;
    std::array<lane_sum, 5> sums;
    for (std::size_t i = 0; i < n; i += lane_block) {
      const float* const x = data.log_odds.data() + i;
      const float* const own = data.own.data() + i;
      const float* const rest = data.rest.data() + i;
      const float* const margin = data.margin.data() + i;
      const float* const fade = data.fade.data() + i;
      alignas(64) float slack[lane_block];
      alignas(64) float curve[lane_block];
      alignas(64) float terms[lane_block];
      for (std::size_t k = 0; k < lane_block; ++k) {
        const float sure = 1 / (1 + fade[k]);
        const float unsure = fade[k] * sure;
        slack[k] = margin[k] > 0 ? rest[k] * sure - own[k] * unsure : rest[k] * unsure - own[k] * sure;
        curve[k] = (own[k] + rest[k]) * sure * unsure;
      }
      for (std::size_t k = 0; k < lane_block; ++k) terms[k] = slack[k] * x[k];
      sums[0].add(terms);
      sums[1].add(slack);
      for (std::size_t k = 0; k < lane_block; ++k) terms[k] = curve[k] * x[k] * x[k];
      sums[2].add(terms);
      for (std::size_t k = 0; k < lane_block; ++k) terms[k] = curve[k] * x[k];
      sums[3].add(terms);
      sums[4].add(curve);
    }
    return logistic_derivatives{sums[0].total(), sums[1].total(), sums[2].total(), sums[3].total(),
                                sums[4].total()};
  };
  return newton_logistic(prior, samples, loss, derive);
}

}  // namespace mll::detail
