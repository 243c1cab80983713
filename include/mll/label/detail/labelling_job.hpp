// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/model/any_classifier.hpp"

namespace mll::detail {

/// Samples that are passed to the models together, and their places in the layout.
template <class Sample>
struct sample_batch {
  struct place {
    std::size_t position;  ///< of its node in the layout
    std::size_t index;     ///< among the samples of its node
  };
  std::size_t number = 0;  ///< of the batch in the run, from 1
  std::vector<Sample> samples;
  std::vector<place> places;
};

/// A model in a labelling run and its label so far.
template <class Sample, response_codec Codec>
class labelling_job {
 public:
  /// @param[in] label  in the shape of the run's layout, with the rows and means of an earlier run
  /// @param[in] is_new whether there was no earlier run
  labelling_job(const any_classifier<Sample>& model, basic_model_label<Codec> label, bool is_new)
      : model_{&model}, label_{std::move(label)}, is_new_{is_new} {}

  [[nodiscard]] const basic_model_label<Codec>& label() const noexcept { return label_; }
  [[nodiscard]] basic_model_label<Codec>& label() noexcept { return label_; }
  [[nodiscard]] bool is_new() const noexcept { return is_new_; }
  [[nodiscard]] bool failed() const noexcept { return !failure_.empty(); }
  /// Why the model failed; empty if it did not.
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

  /// Runs the model on a batch and checks its scores; `store` copies them to the label.
  /// @param[in] describe `(place) -> std::string`: the name of a sample
  template <class Describe>
  void run(const sample_batch<Sample>& batch, const Describe& describe) {
    const std::string where = "batch " + std::to_string(batch.number) + ", ";
    try {
      const std::size_t heads = label_.heads.size();
      if (const std::size_t now = model_->head_count(); now != heads) {
        return fail(where + "expected " + std::to_string(heads) + " heads as before, found " +
                    std::to_string(now));
      }
      // Scores that the model does not write must not pass the check.
      scores_.setConstant(static_cast<Eigen::Index>(batch.samples.size()), static_cast<Eigen::Index>(heads),
                          std::numeric_limits<float>::quiet_NaN());
      model_->predict(std::span<const Sample>{batch.samples}, scores_);
      if (clamp_scores()) return;
      for (std::size_t r = 0; r < batch.samples.size(); ++r) {
        for (std::size_t h = 0; h < heads; ++h) {
          const float score = scores_(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(h));
          if (!(score >= -numerics::score_tolerance && score <= 1 + numerics::score_tolerance)) {
            return fail(where + describe(batch.places[r]) + ", head " + std::to_string(h) + " ('" +
                        label_.heads[h] + "'): expected a score in [0, 1], found " + number_text(score));
          }
        }
      }
    } catch (const std::exception& thrown) {
      fail(where + describe(batch.places.front()) + " to " + describe(batch.places.back()) + ": " +
           thrown.what());
    } catch (...) {
      fail(where + describe(batch.places.front()) + " to " + describe(batch.places.back()) +
           ": an exception that is not a std::exception");
    }
  }

  /// Copies the scores of the batch to the label.
  void store(const sample_batch<Sample>& batch, const sample_layout& samples) {
    for (std::size_t r = 0; r < batch.places.size(); ++r) {
      const auto [position, index] = batch.places[r];
      if (position != open_position_) open(position, index);
      const auto row = static_cast<Eigen::Index>(samples.rows_at(position).first + index);
      take(scores_.row(static_cast<Eigen::Index>(r)).data(), label_.responses.row(row).data());
      const bool last_of_node = r + 1 == batch.places.size() || batch.places[r + 1].position != position;
      if (last_of_node) close(position);
    }
  }

  void fail(std::string reason) { failure_ = std::move(reason); }

 private:
  // Clamps all scores to [0, 1]; false if one is too far outside, or NaN.
  [[nodiscard]] bool clamp_scores() {
    float* scores = scores_.data();
    const auto count = static_cast<std::size_t>(scores_.size());
    int bad = 0;
    for (std::size_t i = 0; i < count; ++i)
      bad |= scores[i] >= -numerics::score_tolerance && scores[i] <= 1 + numerics::score_tolerance ? 0 : 1;
    for (std::size_t i = 0; i < count && bad == 0; ++i) {
      const float positive = scores[i] > 0 ? scores[i] : 0.0F;
      scores[i] = positive < 1 ? positive : 1.0F;
    }
    return bad == 0;
  }

  // The means of the current node are kept in double until its last sample, so that they do not depend on
  // where batches end.
  void open(std::size_t position, std::size_t known) {
    open_position_ = position;
    const std::size_t heads = label_.heads.size();
    open_count_ = static_cast<double>(known);
    open_mean_.assign(heads, 0);
    if (known == 0) return;
    const auto row = static_cast<Eigen::Index>(position);
    for (std::size_t h = 0; h < heads; ++h) open_mean_[h] = label_.mean(row, static_cast<Eigen::Index>(h));
  }
  void take(const float* scores, typename Codec::value_type* responses) {
    const std::size_t heads = open_mean_.size();
    open_count_ += 1;
    fold(scores, open_count_, open_mean_.data(), heads);
    for (std::size_t h = 0; h < heads; ++h) responses[h] = Codec::encode(scores[h]);
  }
  static void fold(const float* __restrict scores, double count, double* __restrict mean, std::size_t heads) {
    for (std::size_t h = 0; h < heads; ++h) mean[h] += (static_cast<double>(scores[h]) - mean[h]) / count;
  }
  void close(std::size_t position) {
    const auto row = static_cast<Eigen::Index>(position);
    for (std::size_t h = 0; h < open_mean_.size(); ++h)
      label_.mean(row, static_cast<Eigen::Index>(h)) = static_cast<float>(open_mean_[h]);
  }

  const any_classifier<Sample>* model_;
  basic_model_label<Codec> label_;
  bool is_new_;
  std::string failure_;
  matrix<float> scores_;  // of the current batch, [samples, heads]
  std::size_t open_position_ = std::numeric_limits<std::size_t>::max();
  double open_count_ = 0;          // samples of that node so far
  std::vector<double> open_mean_;  // of that node, one per head
};

}  // namespace mll::detail
