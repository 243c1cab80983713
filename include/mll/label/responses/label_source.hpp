// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/label/responses/response_source.hpp"

namespace mll {

/// Labels in memory as a `response_source`; heads in order of model and column.
///
/// A view: the labels must outlive it and stay as they are.
///
/// @tparam Labels `basic_model_labels<Codec>`
template <class Labels>
class label_source {
 public:
  using codec_type = typename Labels::codec_type;
  using value_type = typename codec_type::value_type;

  explicit label_source(const Labels& labels) : labels_{&labels} {
    for (std::size_t m = 0; m < labels.models().size(); ++m) {
      const auto& label = labels.models()[m];
      for (std::size_t h = 0; h < label.heads.size(); ++h) {
        heads_.push_back({label.model, static_cast<std::uint32_t>(h)});
        model_of_.push_back(static_cast<std::uint32_t>(m));
      }
    }
  }

  [[nodiscard]] std::size_t head_count() const noexcept { return heads_.size(); }
  [[nodiscard]] head_id head(std::size_t position) const { return heads_[position]; }
  [[nodiscard]] std::size_t sample_count(std::size_t node) const {
    return labels_->samples().rows_at(node).count;
  }

  /// Throws: `invalid_argument` if a node has fewer samples than asked for, or `out` has another size.
  void read(std::size_t position, std::span<const node_samples> which, std::span<value_type> out) const {
    const std::size_t expected = sample_total(which);
    if (out.size() != expected)
      throw invalid_argument{"out", std::to_string(expected) + " values", std::to_string(out.size())};
    const auto& responses = labels_->models()[model_of_[position]].responses;
    const auto column = static_cast<Eigen::Index>(heads_[position].index);
    std::size_t at = 0;
    for (const node_samples& some : which) {
      const auto rows = labels_->samples().rows_at(some.node);
      if (some.count > rows.count) {
        throw invalid_argument{"which", "at most " + std::to_string(rows.count) + " samples of a node",
                               std::to_string(some.count)};
      }
      for (std::size_t i = 0; i < some.count; ++i)
        out[at++] = responses(static_cast<Eigen::Index>(rows.first + i), column);
    }
  }

 private:
  const Labels* labels_;
  std::vector<head_id> heads_;
  std::vector<std::uint32_t> model_of_;
};

}  // namespace mll
