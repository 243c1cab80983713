// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "mll/exec/detail/device_code.hpp"
#include "mll/select/ensemble/vote.hpp"

// Functors of `thrust_combination`. Matrices are `[.., samples]`: neighbours work on neighbouring samples.
namespace mll::detail {

/// Log-odds on the scale of the votes.
struct to_vote_scale {
  vote_scale scale = vote_scale::log_odds;
  float probability_floor = 0;

  MLL_HOST_DEVICE float operator()(float log_odds) const {
    if (scale == vote_scale::log_odds) return log_odds;
    const float p = 1 / (1 + std::exp(-log_odds));
    return scale == vote_scale::probability ? p : std::log(p + probability_floor);
  }
};

/// Sum of the votes for a class, for element `i` of `[classes, samples]`.
struct sum_of_votes {
  const vote* votes = nullptr;                ///< class by class
  const std::uint32_t* first_vote = nullptr;  ///< `[classes + 1]`
  const float* responses = nullptr;           ///< `[heads, samples]`: on the scale of the votes
  std::size_t samples = 0;
  bool is_probability = false;  ///< the scale of the votes
  float temperature = 1;

  MLL_HOST_DEVICE float operator()(std::size_t i) const {
    const std::size_t y = i / samples;
    if (first_vote[y] == first_vote[y + 1]) return 0;
    float sum = 0;
    for (std::uint32_t v = first_vote[y]; v < first_vote[y + 1]; ++v) {
      const float response = responses[votes[v].head * samples + i % samples];
      sum += votes[v].weight * (votes[v].slope * response + votes[v].intercept);
    }
    if (is_probability) sum = std::log(sum > 1e-6F ? sum : 1e-6F);
    return temperature * sum;
  }
};

/// Standardised responses, in place of the log-odds: element `i` of `[heads, samples]`.
struct standardised {
  const float* log_odds = nullptr;
  const float* mean = nullptr;           ///< `[heads]`
  const float* inverse_scale = nullptr;  ///< `[heads]`
  std::size_t samples = 0;
  float probability_floor = 0;

  MLL_HOST_DEVICE float operator()(std::size_t i) const {
    const std::size_t h = i / samples;
    const to_vote_scale scale{vote_scale::log_probability, probability_floor};
    return (scale(log_odds[i]) - mean[h]) * inverse_scale[h];
  }
};

/// Linear score of a class, for element `i` of `[classes, samples]`.
struct linear_score {
  const float* features = nullptr;  ///< `[inputs, samples]`
  const float* weights = nullptr;   ///< `[inputs, classes]`
  const float* bias = nullptr;      ///< `[classes]`
  std::size_t inputs = 0;
  std::size_t classes = 0;
  std::size_t samples = 0;

  MLL_HOST_DEVICE float operator()(std::size_t i) const {
    const std::size_t y = i / samples;
    float sum = 0;
    for (std::size_t k = 0; k < inputs; ++k)
      sum += weights[k * classes + y] * features[k * samples + i % samples];
    return sum + bias[y];
  }
};

/// Replaces the scores of a sample by log-probabilities or probabilities.
struct softmax_of_sample {
  float* scores = nullptr;  ///< `[classes, samples]`
  std::size_t classes = 0;
  std::size_t samples = 0;
  bool as_probability = false;

  MLL_HOST_DEVICE void operator()(std::size_t i) const {
    float top = scores[i];
    for (std::size_t y = 1; y < classes; ++y)
      top = scores[y * samples + i] > top ? scores[y * samples + i] : top;
    float sum = 0;
    for (std::size_t y = 0; y < classes; ++y) sum += std::exp(scores[y * samples + i] - top);
    const float log_sum = std::log(sum);
    for (std::size_t y = 0; y < classes; ++y) {
      float& score = scores[y * samples + i];
      score -= top;
      score = as_probability ? std::exp(score) / sum : score - log_sum;
    }
  }
};

struct plus_scaled {
  float factor = 1;
  MLL_HOST_DEVICE float operator()(float score, float more) const { return score + factor * more; }
};

/// Element `i` of `[samples, classes]` of a matrix `[classes, samples]`.
struct transposed {
  const float* from = nullptr;
  std::size_t classes = 0;
  std::size_t samples = 0;

  MLL_HOST_DEVICE float operator()(std::size_t i) const { return from[i % classes * samples + i / classes]; }
};

}  // namespace mll::detail
