// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "mll/exec/detail/device_code.hpp"
#include "mll/select/calibrate/detail/calibration_kernels.hpp"
#include "mll/select/calibrate/detail/newton_logistic.hpp"
#include "mll/select/calibrate/logistic_fit.hpp"

// Functors of `thrust_calibration`.
namespace mll::detail {

/// Histogram of the responses of a head to samples of all classes.
struct count_head {
  pair_view view;

  MLL_HOST_DEVICE void operator()(std::size_t head) const {
    std::uint32_t count[256] = {};
    const std::uint8_t* const mine = view.all + head * view.samples;
    for (std::uint32_t i = 0; i < view.samples; ++i) count[mine[i]] += view.weight[i];
    for (std::size_t c = 0; c < 256; ++c) view.counts[head * 256 + c] = count[c];
  }
};

/// The responses of a head to the samples of a class and to all others, by code. Each side weighs one half.
/// (Weights stay integers: a thread of a device has 2 KiB of them, which is much.)
struct code_weights {
  std::uint32_t own[256];   ///< of the class
  std::uint32_t rest[256];  ///< of all other classes
  double own_unit = 1;
  double rest_unit = 1;
  const float* log_odds = nullptr;  ///< `[256]`

  /// To be called when all samples are in.
  MLL_DEVICE void balance() {
    double own_sum = 0;
    double rest_sum = 0;
    for (int c = 0; c < 256; ++c) {
      own_sum += own[c];
      rest_sum += rest[c];
    }
    own_unit = 0.5 / own_sum;
    rest_unit = 0.5 / rest_sum;
  }

  [[nodiscard]] MLL_DEVICE double loss(float slope, float intercept) const {
    double out = 0;
    each_code(slope, intercept, [&](float, float margin, float fade, float of_own, float of_rest) {
      const float terms = (of_own + of_rest) * std::log(1 + fade) + of_own * (margin < 0 ? -margin : 0.0F) +
                          of_rest * (margin > 0 ? margin : 0.0F);
      out += static_cast<double>(terms);
    });
    return out;
  }
  [[nodiscard]] MLL_DEVICE logistic_derivatives derive(float slope, float intercept) const {
    logistic_derivatives out;
    each_code(slope, intercept, [&](float x, float margin, float fade, float of_own, float of_rest) {
      const float sure = 1 / (1 + fade);
      const float unsure = fade * sure;
      const bool is_above = margin > 0;
      const float slack = of_rest * (is_above ? sure : unsure) - of_own * (is_above ? unsure : sure);
      const float curve = (of_own + of_rest) * sure * unsure;
      out.a += static_cast<double>(slack * x);
      out.b += static_cast<double>(slack);
      out.aa += static_cast<double>(curve * (x * x));
      out.ab += static_cast<double>(curve * x);
      out.bb += static_cast<double>(curve);
    });
    return out;
  }

 private:
  // Calls f(log-odds, margin, e^-|margin|, weight of the class, weight of the rest) per code in use.
  template <class F>
  MLL_DEVICE void each_code(float slope, float intercept, const F& f) const {
    for (int c = 0; c < 256; ++c) {
      if (own[c] == 0 && rest[c] == 0) continue;
      const float margin = slope * log_odds[c] + intercept;
      f(log_odds[c], margin, std::exp(-std::abs(margin)), static_cast<float>(own_unit * own[c]),
        static_cast<float>(rest_unit * rest[c]));
    }
  }
};

/// Fits the logistic map of a pair of head and class from histograms.
struct fit_pair {
  pair_view view;
  calibration_prior prior;

  MLL_DEVICE void operator()(std::size_t i) const {
    const head_class_pair pair = view.pairs[i];
    code_weights codes;
    count(pair, codes);
    float slope = 0;
    float intercept = 0;
    const auto loss = [&](double at_slope, double at_intercept) {
      slope = static_cast<float>(at_slope);
      intercept = static_cast<float>(at_intercept);
      return codes.loss(slope, intercept);
    };
    const auto derive = [&] { return codes.derive(slope, intercept); };
    view.fits[i] = newton_logistic(prior, pair.samples, loss, derive);
  }

 private:
  MLL_DEVICE void count(const head_class_pair& pair, code_weights& to) const {
    for (std::size_t c = 0; c < 256; ++c) {
      to.own[c] = 0;
      to.rest[c] = view.counts[std::size_t{pair.head} * 256 + c];
    }
    const std::uint32_t* const weights = view.own_weight + view.own_begin[pair.of_class];
    const std::uint32_t owned = view.own_begin[pair.of_class + 1] - view.own_begin[pair.of_class];
    for (std::uint32_t i = 0; i < owned; ++i) to.own[view.own[pair.first_own + i]] += weights[i];
    const std::uint8_t* const row = view.all + std::size_t{pair.head} * view.samples;
    for (std::uint32_t i = view.class_begin[pair.of_class]; i < view.class_begin[pair.of_class + 1]; ++i)
      to.rest[row[i]] -= view.weight[i];
    to.log_odds = view.log_odds;
    to.balance();
  }
};

}  // namespace mll::detail
