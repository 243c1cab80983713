// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/label/statistics/node_statistics.hpp"

namespace mll {

/// A node where the mean response of a head exceeds its background, and the excess (16 bits, 65535 = 1).
struct node_excess {
  std::uint32_t node = 0;
  node_statistics::value_type excess = 0;

  friend bool operator==(const node_excess&, const node_excess&) = default;
};

/// A head that exceeds its background on a node.
struct head_excess {
  std::uint32_t head = 0;
  node_statistics::value_type excess = 0;

  friend bool operator==(const head_excess&, const head_excess&) = default;
};

/// Node statistics of heads that respond on few nodes: per head, the nodes where it exceeds its background;
/// per node, the heads that do, the greatest excess first. All other excesses are 0. Reuse scores compare the
/// classes of a task, so that the background of a head cancels.
///
/// Size: 16 bytes per excess. Immutable; concurrent reads are safe.
class sparse_node_statistics {
 public:
  /// @param[in] nodes number of nodes
  /// @param[in] heads excesses per head, in any order: a random-access range of ranges of `node_excess`
  ///
  /// Throws: `invalid_argument` if a node is out of range or repeated for a head, or an excess is 0.
  /// Complexity: O(nodes + excesses log excesses).
  template <class Heads>
    requires requires(const Heads& all, std::size_t h) {
      std::size(all);
      std::begin(all[h]);
    }
  sparse_node_statistics(std::size_t nodes, const Heads& heads)
      : first_of_head_{0}, first_of_node_(nodes + 1, 0) {
    for (std::size_t h = 0; h < std::size(heads); ++h) {
      const std::size_t begin = excesses_.size();
      excesses_.insert(excesses_.end(), std::begin(heads[h]), std::end(heads[h]));
      std::sort(excesses_.begin() + static_cast<std::ptrdiff_t>(begin), excesses_.end(),
                [](const node_excess& a, const node_excess& b) { return a.node < b.node; });
      for (std::size_t i = begin; i < excesses_.size(); ++i) {
        if (excesses_[i].node >= nodes || excesses_[i].excess == 0 ||
            (i > begin && excesses_[i].node == excesses_[i - 1].node)) {
          throw invalid_argument{"heads",
                                 "different nodes below " + std::to_string(nodes) + ", excesses above 0",
                                 "node " + std::to_string(excesses_[i].node) + " with excess " +
                                     std::to_string(excesses_[i].excess) + " of head " + std::to_string(h)};
        }
        ++first_of_node_[excesses_[i].node + 1];
      }
      first_of_head_.push_back(excesses_.size());
    }
    for (std::size_t v = 0; v < nodes; ++v) first_of_node_[v + 1] += first_of_node_[v];
    heads_at_.resize(excesses_.size());
    std::vector<std::size_t> at{first_of_node_.begin(), first_of_node_.end() - 1};
    for (std::size_t h = 0; h < std::size(heads); ++h) {
      for (const node_excess& here : of_head(h))
        heads_at_[at[here.node]++] = {static_cast<std::uint32_t>(h), here.excess};
    }
    for (std::size_t v = 0; v < nodes; ++v) {
      std::stable_sort(heads_at_.begin() + static_cast<std::ptrdiff_t>(first_of_node_[v]),
                       heads_at_.begin() + static_cast<std::ptrdiff_t>(first_of_node_[v + 1]),
                       [](const head_excess& a, const head_excess& b) { return a.excess > b.excess; });
    }
  }

  /// From labels; the background of a head is the median of its means over the nodes.
  ///
  /// @param[in] labels     heads by model and column, nodes in the order of `labels.samples()`
  /// @param[in] min_excess smaller excesses count as noise; above 0
  /// Throws: `invalid_argument` if `min_excess` is not above 0. Complexity: O(nodes heads).
  template <class Labels>
  [[nodiscard]] static sparse_node_statistics of_labels(const Labels& labels, float min_excess = 0.02F) {
    if (!(min_excess > 0))
      throw invalid_argument{"min_excess", "a number above 0", detail::number_text(min_excess)};
    const std::size_t nodes = labels.samples().nodes().size();
    std::vector<std::vector<node_excess>> heads;
    for (const auto& label : labels.models()) {
      for (std::ptrdiff_t h = 0; h < label.mean.cols(); ++h) {
        std::vector<float> means(nodes);
        for (std::size_t v = 0; v < nodes; ++v) means[v] = label.mean(static_cast<std::ptrdiff_t>(v), h);
        std::vector<float> ranked = means;
        const auto middle = ranked.begin() + static_cast<std::ptrdiff_t>(nodes / 2);
        if (nodes != 0) std::nth_element(ranked.begin(), middle, ranked.end());
        auto& excesses = heads.emplace_back();
        for (std::size_t v = 0; v < nodes; ++v) {
          const float excess = means[v] - *middle;
          const auto code = node_statistics::encode(excess);
          if (excess >= min_excess && code != 0) excesses.push_back({static_cast<std::uint32_t>(v), code});
        }
      }
    }
    return {nodes, heads};
  }

  [[nodiscard]] std::size_t node_count() const noexcept { return first_of_node_.size() - 1; }
  [[nodiscard]] std::size_t head_count() const noexcept { return first_of_head_.size() - 1; }
  [[nodiscard]] std::size_t excess_count() const noexcept { return excesses_.size(); }

  /// Excesses of a head, by increasing node.
  [[nodiscard]] std::span<const node_excess> of_head(std::size_t head) const {
    return std::span{excesses_}.subspan(first_of_head_[head],
                                        first_of_head_[head + 1] - first_of_head_[head]);
  }
  /// Prefetches the excesses of a head.
  void prefetch([[maybe_unused]] std::size_t head) const {
#if defined(__GNUC__)
    const auto* first = excesses_.data() + first_of_head_[head];
    const auto* last = excesses_.data() + first_of_head_[head + 1];
    constexpr std::ptrdiff_t line = 64 / sizeof(node_excess);
    for (; first < last; first += line) __builtin_prefetch(first);
#endif
  }
  /// Heads that exceed their background on a node, by decreasing excess, then by position.
  [[nodiscard]] std::span<const head_excess> at_node(std::size_t node) const {
    return std::span{heads_at_}.subspan(first_of_node_[node],
                                        first_of_node_[node + 1] - first_of_node_[node]);
  }

 private:
  std::vector<std::size_t> first_of_head_;
  std::vector<node_excess> excesses_;
  std::vector<std::size_t> first_of_node_;
  std::vector<head_excess> heads_at_;
};

}  // namespace mll
