// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/detail/table_allocator.hpp"
#include "mll/core/error.hpp"

namespace mll {

/// Mean responses of all heads, one row per node, so that a task reads the rows of its nodes only. 16-bit
/// fixed point, 65535 = 1, largest error 2^-17: sums of few means are exact in `float` and independent of the
/// order.
///
/// Size: 2 bytes per node and head. See `sparse_node_statistics` for heads that respond on few nodes.
class node_statistics {
 public:
  using value_type = std::uint16_t;
  static constexpr float one = 65535.0F;      ///< fixed-point value of a mean of 1
  static constexpr std::size_t padding = 64;  ///< row length is a multiple of this

  /// All means are 0.
  node_statistics(std::size_t nodes, std::size_t heads)
      : nodes_{nodes},
        heads_{heads},
        stride_{(heads + padding - 1) / padding * padding},
        values_(nodes_ * stride_, 0) {}

  /// The means of labels: heads by model and column, nodes in the order of `labels.samples()`.
  /// Complexity: O(nodes heads).
  template <class Labels>
    requires requires(const Labels& labels) { labels.models(); }
  explicit node_statistics(const Labels& labels)
      : node_statistics{labels.samples().nodes().size(), labels.head_count()} {
    std::size_t first = 0;
    for (const auto& label : labels.models()) {
      for (std::size_t v = 0; v < nodes_; ++v) {
        for (std::size_t h = 0; h < label.heads.size(); ++h) {
          values_[v * stride_ + first + h] =
              encode(label.mean(static_cast<std::ptrdiff_t>(v), static_cast<std::ptrdiff_t>(h)));
        }
      }
      first += label.heads.size();
    }
  }

  [[nodiscard]] std::size_t node_count() const noexcept { return nodes_; }
  [[nodiscard]] std::size_t head_count() const noexcept { return heads_; }

  /// Means of all heads on a node, padded with zeros to a multiple of `padding`.
  [[nodiscard]] std::span<const value_type> row(std::size_t node) const {
    return {values_.data() + node * stride_, stride_};
  }
  /// Sets a mean. Throws: `invalid_argument` if node or head is out of range, or the mean is not in [0, 1].
  void set(std::size_t node, std::size_t head, float mean) {
    if (node >= nodes_)
      throw invalid_argument{"node", "below " + std::to_string(nodes_), std::to_string(node)};
    if (head >= heads_)
      throw invalid_argument{"head", "below " + std::to_string(heads_), std::to_string(head)};
    if (!(mean >= 0 && mean <= 1))
      throw invalid_argument{"mean", "a number in [0, 1]", detail::number_text(mean)};
    values_[node * stride_ + head] = encode(mean);
  }

  /// Sets the means of all heads on a node. Throws: `invalid_argument` if the node is out of range, the
  /// number of means is not that of the heads, or a mean is not in [0, 1].
  void set_row(std::size_t node, std::span<const float> means) {
    if (node >= nodes_)
      throw invalid_argument{"node", "below " + std::to_string(nodes_), std::to_string(node)};
    if (means.size() != heads_)
      throw invalid_argument{"means", std::to_string(heads_) + " means", std::to_string(means.size())};
    for (std::size_t h = 0; h < heads_; ++h) {
      if (!(means[h] >= 0 && means[h] <= 1))
        throw invalid_argument{"means", "numbers in [0, 1]", detail::number_text(means[h])};
      values_[node * stride_ + h] = encode(means[h]);
    }
  }

  /// The fixed-point value of a mean, rounded and clamped to [0, 1].
  [[nodiscard]] static value_type encode(float mean) noexcept {
    return static_cast<value_type>(std::lround(std::clamp(mean, 0.0F, 1.0F) * one));
  }

 private:
  std::size_t nodes_;
  std::size_t heads_;
  std::size_t stride_;
  std::vector<value_type, detail::table_allocator<value_type>> values_;
};

}  // namespace mll
