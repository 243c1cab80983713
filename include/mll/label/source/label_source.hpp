// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/label/source/head_index.hpp"
#include "mll/label/source/hub_source.hpp"

namespace mll {

/// Labels in memory as a `hub_source`.
///
/// A view: the labels must outlive it and not change.
///
/// @tparam Labels `basic_model_labels<Codec>`
template <class Labels>
class label_source {
 public:
  using codec_type = typename Labels::codec_type;
  using value_type = typename codec_type::value_type;

  /// Complexity: O(models).
  explicit label_source(const Labels& labels) : labels_{&labels} {
    for (const auto& label : labels.models()) heads_.add(label.model, label.heads.size());
  }

  [[nodiscard]] const sample_layout& samples() const noexcept { return labels_->samples(); }
  [[nodiscard]] const head_index& heads() const noexcept { return heads_; }
  [[nodiscard]] const std::string& model_name(std::size_t m) const { return labels_->models()[m].name; }
  [[nodiscard]] std::span<const std::string> head_names(std::size_t m) const {
    return labels_->models()[m].heads;
  }
  [[nodiscard]] const std::string& model_fingerprint(std::size_t m) const {
    return labels_->models()[m].fingerprint;
  }

  [[nodiscard]] std::size_t head_count() const noexcept { return heads_.head_count(); }
  [[nodiscard]] head_id head(std::size_t position) const { return heads_.head(position); }
  [[nodiscard]] std::size_t sample_count(std::size_t node) const { return samples().rows_at(node).count; }

  [[nodiscard]] float mean(std::size_t node, std::size_t position) const {
    const std::size_t m = heads_.model_of(position);
    return labels_->models()[m].mean(static_cast<Eigen::Index>(node),
                                     static_cast<Eigen::Index>(position - heads_.first(m)));
  }
  /// Throws: `invalid_argument` if `out` has another size than there are heads.
  void read_means(std::size_t node, std::span<float> out) const {
    if (out.size() != head_count())
      throw invalid_argument{"out", std::to_string(head_count()) + " values", std::to_string(out.size())};
    for (std::size_t m = 0; m < heads_.model_count(); ++m) {
      const auto mean = labels_->models()[m].mean.row(static_cast<Eigen::Index>(node));
      std::copy(mean.data(), mean.data() + mean.size(), out.data() + heads_.first(m));
    }
  }

  /// Throws: `invalid_argument` if a node has fewer samples than asked for, or `out` has another size.
  void read(std::size_t position, std::span<const node_samples> which, std::span<value_type> out) const {
    const std::size_t expected = sample_total(which);
    if (out.size() != expected)
      throw invalid_argument{"out", std::to_string(expected) + " values", std::to_string(out.size())};
    const std::size_t m = heads_.model_of(position);
    const auto& responses = labels_->models()[m].responses;
    const auto column = static_cast<Eigen::Index>(position - heads_.first(m));
    std::size_t at = 0;
    for (const node_samples& some : which) {
      const auto rows = samples().rows_at(some.node);
      if (some.count > rows.count) {
        throw invalid_argument{"which", "at most " + std::to_string(rows.count) + " samples of the node",
                               std::to_string(some.count)};
      }
      for (std::size_t i = 0; i < some.count; ++i)
        out[at++] = responses(static_cast<Eigen::Index>(rows.first + i), column);
    }
  }

 private:
  const Labels* labels_;
  head_index heads_;
};

static_assert(hub_source<label_source<model_labels>>);

}  // namespace mll
