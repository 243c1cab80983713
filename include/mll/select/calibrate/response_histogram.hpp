// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include "mll/core/detail/elementwise.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/select/calibrate/detail/fit_logistic.hpp"
#include "mll/select/calibrate/logistic_fit.hpp"

namespace mll {

/// Weighted histogram of the responses of a head over the 256 codes of an 8-bit codec. Two histograms, of a
/// class and of the rest, are sufficient for a calibration, whatever the number of samples.
///
/// Histograms of disjoint samples may be added and subtracted.
template <response_codec Codec = log_odds_8bit>
  requires std::same_as<typename Codec::value_type, std::uint8_t>
class response_histogram {
 public:
  using weights_type = std::array<float, 256>;

  /// Adds samples of equal weight. Complexity: O(codes).
  void add(std::span<const std::uint8_t> codes, float weight) {
    // Codes repeat; two accumulators avoid store-to-load stalls on the same counter.
    std::size_t i = 0;
    for (; i + 2 <= codes.size(); i += 2) {
      even_[codes[i]] += weight;
      odd_[codes[i + 1]] += weight;
    }
    if (i < codes.size()) even_[codes[i]] += weight;
  }

  /// Weight of each code.
  [[nodiscard]] weights_type weights() const {
    weights_type out = even_;
    for (std::size_t c = 0; c < out.size(); ++c) out[c] += odd_[c];
    return out;
  }

  response_histogram& operator+=(const response_histogram& other) {
    for (std::size_t c = 0; c < even_.size(); ++c) even_[c] += other.even_[c];
    for (std::size_t c = 0; c < odd_.size(); ++c) odd_[c] += other.odd_[c];
    return *this;
  }
  /// Removes samples that were added; negative weights from rounding become 0.
  response_histogram& operator-=(const response_histogram& other) {
    for (std::size_t c = 0; c < even_.size(); ++c) {
      even_[c] = std::max((even_[c] + odd_[c]) - (other.even_[c] + other.odd_[c]), 0.0F);
      odd_[c] = 0;
    }
    return *this;
  }

  /// Log-odds of each code.
  [[nodiscard]] static const weights_type& log_odds() {
    static const weights_type grid = [] {
      weights_type out;
      for (std::size_t c = 0; c < out.size(); ++c) out[c] = Codec::log_odds(static_cast<std::uint8_t>(c));
      return out;
    }();
    return grid;
  }

 private:
  weights_type even_{};
  weights_type odd_{};
};

/// Calibrates a head for a class from two histograms: the result of the calibration from samples, up to
/// rounding, at a cost independent of their number.
///
/// @param[in] own     responses to the samples of the class; positive total weight
/// @param[in] rest    responses to all other samples; positive total weight, equal weight per class
/// @param[in] samples twice the number of samples of the smaller side; divides the precision of the prior
/// @param[in] prior   prior of slope and intercept
/// Complexity: O(256) per iteration, about ten iterations.
template <class Codec>
[[nodiscard]] calibration calibrate(const response_histogram<Codec>& own,
                                    const response_histogram<Codec>& rest, double samples,
                                    const calibration_prior& prior = {}) {
  using weights_type = typename response_histogram<Codec>::weights_type;
  const weights_type of_own = own.weights();
  const weights_type of_rest = rest.weights();
  // Drop unused codes (most heads have many); pad to whole lane blocks with weight 0.
  struct {
    alignas(64) float log_odds[256] = {};
    alignas(64) float own[256] = {};
    alignas(64) float rest[256] = {};
    alignas(64) float margin[256];
    alignas(64) float fade[256];
  } kept;
  std::size_t used = 0;
  float total_own = 0;
  float total_rest = 0;
  for (std::size_t c = 0; c < of_own.size(); ++c) {
    if (of_own[c] == 0 && of_rest[c] == 0) continue;
    kept.log_odds[used] = response_histogram<Codec>::log_odds()[c];
    kept.own[used] = of_own[c];
    kept.rest[used] = of_rest[c];
    total_own += of_own[c];
    total_rest += of_rest[c];
    ++used;
  }
  const std::size_t size = detail::padded(used);
  for (std::size_t i = 0; i < used; ++i) {
    kept.own[i] *= 0.5F / total_own;
    kept.rest[i] *= 0.5F / total_rest;
  }
  return detail::fit_logistic(
      {{kept.log_odds, size}, {kept.own, size}, {kept.rest, size}, {kept.margin, size}, {kept.fade, size}},
      samples, prior);
}

}  // namespace mll
