// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A text classifier as a user of the library might have one; mll requires only the `classifier` concept.
#pragma once

#include <mll/mll.hpp>

#include <Eigen/Core>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quickstart {

/// Softmax regression on hashed words and pairs of words.
class gloss_expert {
 public:
  using sample_type = std::string;

  /// Defects of real training runs.
  enum class fault { none, untrained, shuffled_labels };

  struct example {
    std::string text;
    std::size_t label;
  };

  gloss_expert(std::vector<std::string> head_names, std::vector<example> examples, std::uint64_t seed,
               fault problem = fault::none)
      : head_names_{std::move(head_names)},
        weights_{Eigen::MatrixXf::Zero(static_cast<Eigen::Index>(head_names_.size()), buckets)} {
    mll::random_engine engine{seed};
    if (problem == fault::shuffled_labels) {
      for (auto& e : examples) e.label = mll::stable_hash(e.text, seed) % head_names_.size();
    }
    train(std::move(examples), engine, problem == fault::untrained ? 0 : 12);
  }

  [[nodiscard]] std::size_t head_count() const { return head_names_.size(); }
  [[nodiscard]] std::string head_name(std::size_t i) const { return head_names_[i]; }
  void predict(std::span<const std::string> batch, mll::matrix_ref<float> scores) const {
    for (std::size_t r = 0; r < batch.size(); ++r)
      scores.row(static_cast<Eigen::Index>(r)) = probabilities(features(batch[r])).transpose();
  }

 private:
  static constexpr Eigen::Index buckets = 1 << 13;

  /// Buckets of the words and the pairs of adjacent words of a text.
  static std::vector<Eigen::Index> features(std::string_view text) {
    std::vector<Eigen::Index> out;
    std::string previous;
    std::string word;
    const auto bucket = [](std::string_view gram) {
      return static_cast<Eigen::Index>(mll::stable_hash(gram) % buckets);
    };
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (i < text.size() && std::isalnum(static_cast<unsigned char>(text[i])) != 0) {
        word += static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
      } else if (!word.empty()) {
        out.push_back(bucket(word));
        if (!previous.empty()) out.push_back(bucket(previous + ' ' + word));
        previous = std::exchange(word, {});
      }
    }
    return out;
  }

  [[nodiscard]] Eigen::VectorXf probabilities(const std::vector<Eigen::Index>& active) const {
    Eigen::VectorXf logits = Eigen::VectorXf::Zero(weights_.rows());
    for (const Eigen::Index f : active) logits += weights_.col(f);
    if (!active.empty()) logits *= 4 / std::sqrt(static_cast<float>(active.size()));
    logits = (logits.array() - logits.maxCoeff()).exp().matrix();
    return logits / logits.sum();
  }

  void train(std::vector<example> examples, mll::random_engine& engine, int epochs) {
    std::vector<std::pair<std::vector<Eigen::Index>, std::size_t>> prepared;
    for (auto& e : examples) prepared.emplace_back(features(e.text), e.label);
    for (int epoch = 0; epoch < epochs; ++epoch) {
      mll::shuffle(std::span{prepared}, engine);
      const float rate = 0.1F / (1 + 0.2F * static_cast<float>(epoch));
      for (const auto& [active, label] : prepared) {
        Eigen::VectorXf step = -probabilities(active);
        step[static_cast<Eigen::Index>(label)] += 1;
        step *= rate;
        for (const Eigen::Index f : active) weights_.col(f) += step;
      }
    }
  }

  std::vector<std::string> head_names_;
  Eigen::MatrixXf weights_;  // [heads, buckets]
};

static_assert(mll::classifier<gloss_expert>);

}  // namespace quickstart
