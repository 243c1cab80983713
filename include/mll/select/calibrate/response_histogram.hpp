// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

#include "mll/label/responses/response_codec.hpp"
#include "mll/select/calibrate/calibration.hpp"

namespace mll {

/// Weighted histogram of the responses of a head over the 256 codes of an 8-bit codec. Two histograms, of a
/// class and of the rest, are sufficient for a calibration, whatever the number of samples.
///
/// Histograms of disjoint samples may be added and subtracted.
template <response_codec Codec = log_odds_8bit>
  requires std::same_as<typename Codec::value_type, std::uint8_t>
class response_histogram {
 public:
  using weights_type = Eigen::Array<float, 256, 1>;

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
  [[nodiscard]] weights_type weights() const { return even_ + odd_; }

  response_histogram& operator+=(const response_histogram& other) {
    even_ += other.even_;
    odd_ += other.odd_;
    return *this;
  }
  /// Removes samples that were added; negative weights from rounding become 0.
  response_histogram& operator-=(const response_histogram& other) {
    even_ = (weights() - other.weights()).max(0.0F);
    odd_.setZero();
    return *this;
  }

  /// Log-odds of each code.
  [[nodiscard]] static const weights_type& log_odds() {
    static const weights_type grid = [] {
      weights_type out;
      for (int c = 0; c < 256; ++c) out[c] = Codec::log_odds(static_cast<std::uint8_t>(c));
      return out;
    }();
    return grid;
  }

 private:
  weights_type even_ = weights_type::Zero();
  weights_type odd_ = weights_type::Zero();
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
  // Drop unused codes, which most heads have many of; pad to whole vector registers with weight 0.
  using column = Eigen::Array<float, Eigen::Dynamic, 1, 0, 256, 1>;
  constexpr Eigen::Index lanes = 16;
  column log_odds(256);
  column positive(256);
  column negative(256);
  Eigen::Index used = 0;
  for (Eigen::Index c = 0; c < 256; ++c) {
    log_odds[used] = response_histogram<Codec>::log_odds()[c];
    positive[used] = of_own[c];
    negative[used] = of_rest[c];
    used += of_own[c] != 0 || of_rest[c] != 0 ? 1 : 0;
  }
  const Eigen::Index size = (used + lanes - 1) / lanes * lanes;
  log_odds.segment(used, size - used).setZero();
  positive.segment(used, size - used).setZero();
  negative.segment(used, size - used).setZero();
  log_odds.conservativeResize(size);
  positive.conservativeResize(size);
  negative.conservativeResize(size);
  positive *= 0.5F / positive.sum();
  negative *= 0.5F / negative.sum();
  return detail::fit_logistic<column>(log_odds, positive, negative, samples, prior);
}

}  // namespace mll
