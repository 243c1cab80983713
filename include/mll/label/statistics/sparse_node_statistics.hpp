// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/label/statistics/node_statistics.hpp"

namespace mll {

/// Where the mean response of a head rises above its background, and by how much (16 bits, 65535 = 1).
struct node_excess {
  std::uint32_t node = 0;
  node_statistics::value_type excess = 0;

  friend bool operator==(const node_excess&, const node_excess&) = default;
};

/// A head that rises above its background at a node.
struct head_rise {
  std::uint32_t head = 0;
  node_statistics::value_type excess = 0;

  friend bool operator==(const head_rise&, const head_rise&) = default;
};

/// Node statistics of a hub whose heads answer at few nodes each: per head the nodes where it rises above its
/// background, and per node the heads that do, the highest first. Everywhere else the rise is 0. A reuse
/// score compares the classes of a task with each other, so that the background of a head does not matter to
/// it.
///
/// Size: 16 bytes a rise. Immutable after building; concurrent reads are safe.
class sparse_node_statistics {
 public:
  /// @param[in] nodes number of nodes
  /// @param[in] heads per head its rises, any order: a random-access range of ranges of `node_excess`
  ///
  /// Throws: `invalid_argument` if a node is out of range, named twice for one head, or a rise is 0.
  /// Complexity: O(nodes + rises log rises).
  template <std::ranges::random_access_range Heads>
  sparse_node_statistics(std::size_t nodes, const Heads& heads)
      : first_of_head_{0}, first_of_node_(nodes + 1, 0) {
    for (std::size_t h = 0; h < std::ranges::size(heads); ++h) {
      const std::size_t begin = rises_.size();
      rises_.insert(rises_.end(), std::ranges::begin(heads[h]), std::ranges::end(heads[h]));
      std::sort(rises_.begin() + static_cast<std::ptrdiff_t>(begin), rises_.end(),
                [](const node_excess& a, const node_excess& b) { return a.node < b.node; });
      for (std::size_t i = begin; i < rises_.size(); ++i) {
        if (rises_[i].node >= nodes || rises_[i].excess == 0 ||
            (i > begin && rises_[i].node == rises_[i - 1].node)) {
          throw invalid_argument{"heads",
                                 "different nodes below " + std::to_string(nodes) + ", rises above 0",
                                 "node " + std::to_string(rises_[i].node) + " with rise " +
                                     std::to_string(rises_[i].excess) + " of head " + std::to_string(h)};
        }
        ++first_of_node_[rises_[i].node + 1];
      }
      first_of_head_.push_back(rises_.size());
    }
    for (std::size_t v = 0; v < nodes; ++v) first_of_node_[v + 1] += first_of_node_[v];
    answering_.resize(rises_.size());
    std::vector<std::size_t> at{first_of_node_.begin(), first_of_node_.end() - 1};
    for (std::size_t h = 0; h < std::ranges::size(heads); ++h) {
      for (const node_excess& here : of_head(h))
        answering_[at[here.node]++] = {static_cast<std::uint32_t>(h), here.excess};
    }
    for (std::size_t v = 0; v < nodes; ++v) {
      std::stable_sort(answering_.begin() + static_cast<std::ptrdiff_t>(first_of_node_[v]),
                       answering_.begin() + static_cast<std::ptrdiff_t>(first_of_node_[v + 1]),
                       [](const head_rise& a, const head_rise& b) { return a.excess > b.excess; });
    }
  }

  /// From labels: the background of a head is the median of its means over the nodes.
  ///
  /// @param[in] labels heads in order of model and column, nodes in that of `labels.samples()`
  /// @param[in] least  smaller rises are taken for noise, above 0
  /// Throws: `invalid_argument` if `least` is not above 0. Complexity: O(nodes heads).
  template <class Labels>
  [[nodiscard]] static sparse_node_statistics of_labels(const Labels& labels, float least = 0.02F) {
    if (!(least > 0)) throw invalid_argument{"least", "above 0", std::to_string(least)};
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
          if (excess >= least && code != 0) excesses.push_back({static_cast<std::uint32_t>(v), code});
        }
      }
    }
    return {nodes, heads};
  }

  [[nodiscard]] std::size_t node_count() const noexcept { return first_of_node_.size() - 1; }
  [[nodiscard]] std::size_t head_count() const noexcept { return first_of_head_.size() - 1; }
  [[nodiscard]] std::size_t rise_count() const noexcept { return rises_.size(); }

  /// Rises of a head, by increasing node.
  [[nodiscard]] std::span<const node_excess> of_head(std::size_t head) const {
    return std::span{rises_}.subspan(first_of_head_[head], first_of_head_[head + 1] - first_of_head_[head]);
  }
  /// Asks memory for the rises of a head, for a reader that knows what it will read next.
  void prefetch([[maybe_unused]] std::size_t head) const {
#if defined(__GNUC__)
    const auto* first = rises_.data() + first_of_head_[head];
    const auto* last = rises_.data() + first_of_head_[head + 1];
    constexpr std::ptrdiff_t line = 64 / sizeof(node_excess);
    for (; first < last; first += line) __builtin_prefetch(first);
#endif
  }
  /// Heads that rise at a node, the highest first, then by increasing number.
  [[nodiscard]] std::span<const head_rise> at_node(std::size_t node) const {
    return std::span{answering_}.subspan(first_of_node_[node],
                                         first_of_node_[node + 1] - first_of_node_[node]);
  }

 private:
  std::vector<std::size_t> first_of_head_;
  std::vector<node_excess> rises_;
  std::vector<std::size_t> first_of_node_;
  std::vector<head_rise> answering_;
};

}  // namespace mll
