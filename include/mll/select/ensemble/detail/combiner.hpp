// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/elementwise.hpp"
#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/error.hpp"
#include "mll/core/log_probability.hpp"
#include "mll/core/matrix.hpp"
#include "mll/select/ensemble/detail/folded_correction.hpp"
#include "mll/select/ensemble/ensemble.hpp"

namespace mll::detail {

/// Subtracts from each row the logarithm of the sum of its exponentials.
/// @param[in,out] scores finite
MLL_LOCAL void log_softmax_rows(matrix<float>& scores) {
  std::vector<float> exponentials(static_cast<std::size_t>(scores.cols()));
  for (std::size_t i = 0; i < static_cast<std::size_t>(scores.rows()); ++i) {
    const std::span<float> row = row_of(scores, i);
    const float largest = *std::max_element(row.begin(), row.end());
    for (std::size_t y = 0; y < row.size(); ++y) exponentials[y] = row[y] -= largest;
    exp_in_place(std::span{exponentials});
    const float log_total = std::log(std::accumulate(exponentials.begin(), exponentials.end(), 0.0F));
    for (float& score : row) score -= log_total;
  }
}

/// Computes the class scores of an ensemble, a block of samples at a time, so that they stay in the cache;
/// within a block head by head and class by class, so that exponentials are of many samples at once.
template <class = void>  // compiled where it is used
class combiner {
 public:
  explicit combiner(const ensemble& fitted)
      : fitted_{&fitted},
        correction_{folded_correction(fitted)},
        has_votes_(fitted.heads.size(), false),
        responses_(fitted.heads.size() * block),
        scores_(fitted.votes.size() * block) {
    for (const auto& votes : fitted.votes) {
      for (const vote& v : votes) has_votes_[v.head] = true;
    }
    if (!correction_) return;
    // Heads, then dimensions of the embedding; classes are padded with zeros.
    const linear_correction& d = *correction_;
    const auto heads = static_cast<std::size_t>(d.weights.rows());
    const auto dim = static_cast<std::size_t>(d.embedding_weights.rows());
    const std::size_t classes = fitted.votes.size();
    class_width_ = (classes + classes_at_once - 1) / classes_at_once * classes_at_once;
    features_.resize((heads + dim) * block);
    corrected_.resize(class_width_ * block);
    weights_.assign((heads + dim) * class_width_, 0);
    for (std::size_t y = 0; y < classes; ++y) {
      for (std::size_t h = 0; h < heads; ++h)
        weights_[h * class_width_ + y] = d.weights.data()[y * heads + h];
      for (std::size_t e = 0; e < dim; ++e)
        weights_[(heads + e) * class_width_ + y] = d.embedding_weights.data()[y * dim + e];
    }
  }

  /// @param[in]  log_odds   `[samples, heads]`
  /// @param[in]  embeddings `[samples, dim]`, where the ensemble uses them
  /// @param[out] out        `[samples, classes]`: log-probabilities, or probabilities
  void run(const Eigen::ArrayXXf& log_odds, const matrix<float>& embeddings, bool as_probability,
           matrix_ref<float> out) {
    const auto samples = static_cast<std::size_t>(log_odds.rows());
    for (std::size_t first = 0; first < samples; first += block) {
      count_ = std::min(block, samples - first);
      width_ = padded(count_);
      for (std::size_t h = 0; h < fitted_->heads.size(); ++h)
        load_head(h, log_odds.data() + h * samples + first);
      for (std::size_t y = 0; y < fitted_->votes.size(); ++y) add_votes(y);
      if (correction_) add_correction(embeddings, first);
      softmax(scores_.data(), fitted_->votes.size(), as_probability);
      for (std::size_t y = 0; y < fitted_->votes.size(); ++y) {
        float* to = out.data() + first * static_cast<std::size_t>(out.outerStride()) + y;
        for (std::size_t i = 0; i < count_; ++i, to += out.outerStride()) *to = scores_[y * block + i];
      }
    }
  }

 private:
  static constexpr std::size_t block = 128;  // samples
  static constexpr std::size_t classes_at_once = 4;

  // Brings the responses of a head to the scale of the votes, and to features of the correction.
  void load_head(std::size_t h, const float* log_odds) {
    const std::span<float> x{responses_.data() + h * block, width_};
    std::copy_n(log_odds, count_, x.begin());
    std::fill(x.begin() + static_cast<std::ptrdiff_t>(count_), x.end(), 0.0F);
    if (correction_) {
      const std::span<float> feature{features_.data() + h * block, width_};
      std::copy(x.begin(), x.end(), feature.begin());
      numerics::to_log_probability(feature);
      const bool is_vote = has_votes_[h] && fitted_->scale == vote_scale::log_probability;
      if (is_vote) std::copy(feature.begin(), feature.end(), x.begin());
      const float mean = correction_->mean[static_cast<Eigen::Index>(h)];
      const float scale = correction_->scale[static_cast<Eigen::Index>(h)];
      for (float& value : feature) value = (value - mean) * scale;
      if (is_vote) return;
    }
    if (!has_votes_[h]) return;
    if (fitted_->scale == vote_scale::log_probability) numerics::to_log_probability(x);
    if (fitted_->scale == vote_scale::probability) numerics::to_probability(x);
  }

  void add_votes(std::size_t y) {
    const std::span<float> sum{scores_.data() + y * block, width_};
    std::fill(sum.begin(), sum.end(), 0.0F);
    for (const vote& v : fitted_->votes[y]) {
      const float* const x = responses_.data() + v.head * block;
      lanes(x, sum.data(),
            [&](float response, float& to) { to += v.weight * (v.slope * response + v.intercept); });
    }
    if (fitted_->votes[y].empty()) return;
    if (fitted_->scale == vote_scale::probability) {
      for (float& p : sum) p = std::max(p, 1e-6F);
      log_in_place(sum);
    }
    for (float& score : sum) score *= fitted_->temperature;
  }

  // Adds the log-probabilities of the linear correction.
  void add_correction(const matrix<float>& embeddings, std::size_t first) {
    const auto heads = static_cast<std::size_t>(correction_->weights.rows());
    const std::size_t inputs = features_.size() / block;
    for (std::size_t e = heads; e < inputs; ++e) {
      float* const feature = features_.data() + e * block;
      for (std::size_t i = 0; i < count_; ++i) feature[i] = row_of(embeddings, first + i)[e - heads];
      std::fill(feature + count_, feature + width_, 0.0F);
    }
    for (std::size_t y = 0; y < class_width_; y += classes_at_once) {
      for (std::size_t i = 0; i < width_; i += lane_block) multiply(inputs, y, i);
    }
    const std::size_t classes = fitted_->votes.size();
    for (std::size_t y = 0; y < classes; ++y) {
      const float bias = correction_->bias[static_cast<Eigen::Index>(y)];
      for (std::size_t i = 0; i < width_; ++i) corrected_[y * block + i] += bias;
    }
    softmax(corrected_.data(), classes, false);
    const float strength = correction_->strength;
    for (std::size_t y = 0; y < classes; ++y) {
      lanes(corrected_.data() + y * block, scores_.data() + y * block,
            [&](float log_probability, float& score) { score += strength * log_probability; });
    }
  }

  // Multiplies the features of some samples by the weights of some classes. The order of summation does not
  // depend on the number of samples.
  void multiply(std::size_t inputs, std::size_t y, std::size_t i) {
    float sums[classes_at_once][lane_block] = {};
    const float* __restrict weight = weights_.data() + y;
    const float* __restrict x = features_.data() + i;
    for (std::size_t h = 0; h < inputs; ++h, weight += class_width_, x += block) {
      for (std::size_t c = 0; c < classes_at_once; ++c) {
        for (std::size_t k = 0; k < lane_block; ++k) sums[c][k] += weight[c] * x[k];
      }
    }
    for (std::size_t c = 0; c < classes_at_once; ++c)
      std::copy_n(sums[c], lane_block, corrected_.data() + (y + c) * block + i);
  }

  // Makes finite scores, `[classes, block]`, log-probabilities or probabilities of each sample.
  void softmax(float* scores, std::size_t classes, bool as_probability) {
    std::array<float, block> largest;
    std::array<float, block> total;
    std::array<float, block> exponential;
    std::copy_n(scores, width_, largest.data());
    for (std::size_t y = 1; y < classes; ++y) {
      lanes(scores + y * block, largest.data(),
            [](float score, float& top) { top = score > top ? score : top; });
    }
    total.fill(0);
    for (std::size_t y = 0; y < classes; ++y) {
      float* const score = scores + y * block;
      lanes(largest.data(), score, [](float top, float& x) { x -= top; });
      float* const e = as_probability ? score : exponential.data();
      if (!as_probability) std::copy_n(score, width_, e);
      exp_in_place(std::span{e, width_});
      lanes(e, total.data(), [](float x, float& sum) { sum += x; });
    }
    if (as_probability) {
      for (std::size_t i = 0; i < width_; ++i) total[i] = 1 / total[i];
    } else {
      log_in_place(std::span{total.data(), width_});
    }
    for (std::size_t y = 0; y < classes; ++y) {
      float* const score = scores + y * block;
      if (as_probability) {
        lanes(total.data(), score, [](float factor, float& x) { x *= factor; });
      } else {
        lanes(total.data(), score, [](float log_total, float& x) { x -= log_total; });
      }
    }
  }

  // Calls `f(from[i], to[i])` for all samples of the block; the two do not overlap.
  template <class F>
  void lanes(const float* __restrict from, float* __restrict to, const F& f) const {
    for (std::size_t i = 0; i < width_; i += lane_block) {
      for (std::size_t k = 0; k < lane_block; ++k) f(from[i + k], to[i + k]);
    }
  }

  const ensemble* fitted_;
  std::optional<linear_correction> correction_;  // with the discriminant of the embedding
  std::vector<bool> has_votes_;
  std::vector<float> responses_;  // [heads, block]: on the scale of the votes
  std::vector<float> scores_;     // [classes, block]
  // Of the correction:
  std::size_t class_width_ = 0;   // classes, padded
  std::vector<float> features_;   // [inputs, block]
  std::vector<float> weights_;    // [inputs, class_width]
  std::vector<float> corrected_;  // [class_width, block]
  std::size_t count_ = 0;         // samples of the block
  std::size_t width_ = 0;         // the same, padded
};

}  // namespace mll::detail
