// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
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
  const std::uint8_t* codes = nullptr;    ///< `[heads, samples]`
  const std::uint32_t* weight = nullptr;  ///< `[samples]`
  std::uint32_t samples = 0;
  std::uint32_t* counts = nullptr;  ///< `[heads, 256]`

  MLL_HOST_DEVICE void operator()(std::size_t head) const {
    std::uint32_t count[256] = {};
    const std::uint8_t* const mine = codes + head * samples;
    for (std::uint32_t i = 0; i < samples; ++i) count[mine[i]] += weight[i];
    for (std::size_t c = 0; c < 256; ++c) counts[head * 256 + c] = count[c];
  }
};

/// The codes that a head returned for a class or its rivals: half of the weight is on each side.
class weighted_codes {
 public:
  /// @param[in] own      `[256]`: weight of the samples of the class
  /// @param[in] rest     `[256]`: weight of all other samples
  /// @param[in] log_odds `[256]`
  MLL_DEVICE weighted_codes(const std::uint32_t* own, const std::uint32_t* rest, const float* log_odds) {
    double own_sum = 0;
    double rest_sum = 0;
    for (int c = 0; c < 256; ++c) {
      own_sum += own[c];
      rest_sum += rest[c];
    }
    for (int c = 0; c < 256; ++c) {
      if (own[c] == 0 && rest[c] == 0) continue;
      x_[size_] = log_odds[c];
      own_[size_] = static_cast<float>(0.5 / own_sum * own[c]);
      rest_[size_] = static_cast<float>(0.5 / rest_sum * rest[c]);
      ++size_;
    }
  }

  [[nodiscard]] MLL_DEVICE double loss(float slope, float intercept) const {
    double out = 0;
    for (int i = 0; i < size_; ++i) {
      const float margin = slope * x_[i] + intercept;
      const float fade = std::exp(-std::abs(margin));
      const float terms = (own_[i] + rest_[i]) * std::log(1 + fade) +
                          own_[i] * (margin < 0 ? -margin : 0.0F) + rest_[i] * (margin > 0 ? margin : 0.0F);
      out += static_cast<double>(terms);
    }
    return out;
  }
  [[nodiscard]] MLL_DEVICE logistic_derivatives derive(float slope, float intercept) const {
    logistic_derivatives out;
    for (int i = 0; i < size_; ++i) {
      const float margin = slope * x_[i] + intercept;
      const float fade = std::exp(-std::abs(margin));
      const float sure = 1 / (1 + fade);
      const float unsure = fade * sure;
      const bool is_above = margin > 0;
      const float slack = rest_[i] * (is_above ? sure : unsure) - own_[i] * (is_above ? unsure : sure);
      const float curve = (own_[i] + rest_[i]) * sure * unsure;
      out.a += static_cast<double>(slack * x_[i]);
      out.b += static_cast<double>(slack);
      out.aa += static_cast<double>(curve * (x_[i] * x_[i]));
      out.ab += static_cast<double>(curve * x_[i]);
      out.bb += static_cast<double>(curve);
    }
    return out;
  }

 private:
  float x_[256];  // log-odds
  float own_[256];
  float rest_[256];
  int size_ = 0;
};

/// Fits the logistic map of a pair of head and class from histograms.
struct fit_pair {
  const std::uint8_t* all = nullptr;           ///< `[heads, samples]`
  const std::uint32_t* weight = nullptr;       ///< `[samples]`
  const std::uint32_t* class_begin = nullptr;  ///< `[classes + 1]`
  std::uint32_t samples = 0;
  const std::uint32_t* counts = nullptr;      ///< `[heads, 256]`: histograms of all samples
  const std::uint8_t* own = nullptr;          ///< pair by pair
  const std::uint32_t* own_weight = nullptr;  ///< class by class
  const std::uint32_t* own_begin = nullptr;   ///< `[classes + 1]`
  const float* log_odds = nullptr;            ///< `[256]`
  calibration_prior prior;

  MLL_DEVICE calibration operator()(const head_class_pair& pair) const {
    const weighted_codes codes = codes_of(pair);
    float slope = 0;
    float intercept = 0;
    const auto loss = [&](double at_slope, double at_intercept) {
      slope = static_cast<float>(at_slope);
      intercept = static_cast<float>(at_intercept);
      return codes.loss(slope, intercept);
    };
    const auto derive = [&] { return codes.derive(slope, intercept); };
    return newton_logistic(prior, pair.samples, loss, derive);
  }

 private:
  [[nodiscard]] MLL_DEVICE weighted_codes codes_of(const head_class_pair& pair) const {
    std::uint32_t of_own[256] = {};
    std::uint32_t of_rest[256];
    for (std::size_t c = 0; c < 256; ++c) of_rest[c] = counts[std::size_t{pair.head} * 256 + c];
    const std::uint32_t* const weights = own_weight + own_begin[pair.of_class];
    const std::uint32_t owned = own_begin[pair.of_class + 1] - own_begin[pair.of_class];
    for (std::uint32_t i = 0; i < owned; ++i) of_own[own[pair.first_own + i]] += weights[i];
    const std::uint8_t* const row = all + std::size_t{pair.head} * samples;
    for (std::uint32_t i = class_begin[pair.of_class]; i < class_begin[pair.of_class + 1]; ++i)
      of_rest[row[i]] -= weight[i];
    return {of_own, of_rest, log_odds};
  }
};

}  // namespace mll::detail
