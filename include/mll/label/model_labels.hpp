// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"

namespace mll {

/// The label of one model: the responses of its heads to every representation sample, and their mean per
/// node.
///
/// @tparam Codec models `response_codec`
template <response_codec Codec = log_odds_8bit>
struct basic_model_label {
  model_id model;                  ///< id in the hub that was labelled
  std::string name;                ///< name in that hub
  std::vector<std::string> heads;  ///< head names

  matrix<typename Codec::value_type> responses;  ///< `[rows of the layout, heads]`
  matrix<float> mean;                            ///< `[nodes of the layout, heads]`: mean response
  std::string fingerprint = {};                  ///< `hub::fingerprint` when it was labelled; empty: unknown
};

/// A model that could not be labelled, and why. Other models are not affected.
struct label_failure {
  model_id model;
  std::string name;
  std::string message;  ///< names the batch, and the sample and head if they are known
};

/// The labels of a hub: one `basic_model_label` per model, all on the same samples.
///
/// Labels do not depend on each other: `insert` and `erase` affect one model. Evidence is stored at the nodes
/// that have samples; a task passes it on to ancestors (`evidence_nodes`).
///
/// @tparam Codec models `response_codec`: how responses are stored
template <response_codec Codec = log_odds_8bit>
class basic_model_labels {
 public:
  using codec_type = Codec;
  using label_type = basic_model_label<Codec>;

  basic_model_labels() = default;
  explicit basic_model_labels(sample_layout samples) : samples_{std::move(samples)} {}

  /// The layout of the samples.
  [[nodiscard]] const sample_layout& samples() const noexcept { return samples_; }
  /// Labels in increasing model id.
  [[nodiscard]] std::span<const label_type> models() const noexcept { return models_; }
  [[nodiscard]] bool empty() const noexcept { return models_.empty(); }
  /// Number of heads of all models.
  [[nodiscard]] std::size_t head_count() const noexcept {
    std::size_t count = 0;
    for (const auto& label : models_) count += label.heads.size();
    return count;
  }
  /// The label of a model, or null.
  [[nodiscard]] const label_type* find(model_id id) const {
    const auto at = lower_bound(id);
    return at != models_.end() && at->model == id ? &*at : nullptr;
  }

  /// Adds a label or replaces that of the same model.
  /// Throws: `invalid_argument` if its shapes do not match the layout and its number of heads.
  void insert(label_type label) {
    check(label);
    const auto at = models_.begin() + (lower_bound(label.model) - models_.begin());
    if (at != models_.end() && at->model == label.model) {
      *at = std::move(label);
    } else {
      models_.insert(at, std::move(label));
    }
  }
  /// Removes the label of a model, if there is one.
  void erase(model_id id) {
    std::erase_if(models_, [&](const label_type& label) { return label.model == id; });
  }

  /// Moves the labels out, in increasing model id; the layout stays.
  [[nodiscard]] std::vector<label_type> release() noexcept { return std::exchange(models_, {}); }

  /// Models that failed in the last labelling run.
  [[nodiscard]] std::span<const label_failure> failures() const noexcept { return failures_; }
  void set_failures(std::vector<label_failure> failures) { failures_ = std::move(failures); }

 private:
  [[nodiscard]] auto lower_bound(model_id id) const {
    return std::lower_bound(models_.begin(), models_.end(), id,
                            [](const label_type& label, model_id wanted) { return label.model < wanted; });
  }

  void check(const label_type& label) const {
    const auto heads = static_cast<Eigen::Index>(label.heads.size());
    const auto rows = static_cast<Eigen::Index>(samples_.row_count());
    const auto nodes = static_cast<Eigen::Index>(samples_.nodes().size());
    const auto expect = [&](const char* what, const auto& values, Eigen::Index height) {
      if (values.rows() != height || values.cols() != heads) {
        throw invalid_argument{
            "label",
            std::string{what} + " of shape [" + std::to_string(height) + ", " + std::to_string(heads) + "]",
            "[" + std::to_string(values.rows()) + ", " + std::to_string(values.cols()) +
                "] in the label of '" + label.name + "'"};
      }
    };
    if (!label.model.valid() || heads == 0) {
      throw invalid_argument{"label", "a valid model id and at least one head",
                             "neither or only one in the label of '" + label.name + "'"};
    }
    expect("responses", label.responses, rows);
    expect("mean", label.mean, nodes);
  }

  sample_layout samples_;
  std::vector<label_type> models_;
  std::vector<label_failure> failures_;
};

/// Labels with one byte per response.
using model_labels = basic_model_labels<>;

}  // namespace mll
