// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/ancestor_table.hpp"
#include "mll/graph/semantic_dag.hpp"

namespace mll {

/// How counts become probabilities.
struct information_content_options {
  /// Added to the count of every node, so that a node never seen has a finite content; above 0.
  double smoothing = 1;
};

/// How much each node of a graph says: 0 for one that covers everything, more for narrower ones. Never
/// decreases from a node to its children.
///
/// Immutable: concurrent reads are free.
class information_content {
 public:
  /// Intrinsic content, from the shape of the graph alone (Seco, Veale and Hayes 2004):
  /// `1 - log(1 + descendants(v)) / log(nodes)`, in [0, 1]; 1 for a leaf. 0 for the node of a graph with one
  /// node.
  ///
  /// Complexity: that of `ancestor_table`.
  template <class Graph>
  explicit information_content(const semantic_dag<Graph>& dag) : above_{dag} {
    content_ = covered_by(std::vector<double>(dag.size(), 1.0));
    const double all = std::log(static_cast<double>(dag.size()));
    for (double& value : content_) value = dag.size() > 1 ? 1 - std::log(value) / all : 0;
  }

  /// Content from how often each node was seen: `-log(p(v))` in nats, where p(v) is the share of all counts,
  /// after smoothing, that belong to v and its descendants, each of them counted once.
  ///
  /// @param[in] counts [nodes], finite and not negative; of the node itself, without its descendants
  ///
  /// Throws: `invalid_argument` for counts of another length or other values, and for smoothing that is not
  /// above 0. Complexity: that of `ancestor_table`.
  template <class Graph>
  information_content(const semantic_dag<Graph>& dag, std::span<const double> counts,
                      const information_content_options& options = {})
      : above_{dag} {
    if (!(options.smoothing > 0) || !std::isfinite(options.smoothing)) {
      throw invalid_argument{"smoothing", "a finite number above 0", std::to_string(options.smoothing)};
    }
    if (counts.size() != dag.size()) {
      throw invalid_argument{"counts", std::to_string(dag.size()) + " counts, one a node",
                             std::to_string(counts.size())};
    }
    std::vector<double> own(counts.begin(), counts.end());
    double total = 0;
    for (std::size_t i = 0; i < own.size(); ++i) {
      if (!(own[i] >= 0) || !std::isfinite(own[i])) {
        throw invalid_argument{"counts", "finite numbers from 0",
                               std::to_string(own[i]) + " at node " + std::to_string(i)};
      }
      own[i] += options.smoothing;
      total += own[i];
    }
    content_ = covered_by(own);
    for (double& value : content_) value = value < total ? -std::log(value / total) : 0;
  }

  /// Number of nodes of the graph.
  [[nodiscard]] std::size_t size() const noexcept { return content_.size(); }
  /// The content of a node.
  [[nodiscard]] double operator[](node_id v) const { return content_[v.index()]; }
  /// The ancestors of all nodes, for other questions about pairs.
  [[nodiscard]] const ancestor_table& ancestors() const noexcept { return above_; }

  /// Among the nodes that both are or lie below, the one with the most content, the lowest id among equals;
  /// none if they have nothing in common. Complexity: linear in the number of ancestors of the two.
  [[nodiscard]] std::optional<node_id> most_informative_common_ancestor(node_id a, node_id b) const {
    std::optional<node_id> best;
    above_.for_each_common(a, b, [&](node_id c, auto, auto) {
      if (!best || content_[c.index()] > content_[best->index()]) best = c;
    });
    return best;
  }

 private:
  // For each node the sum over itself and its descendants.
  [[nodiscard]] std::vector<double> covered_by(const std::vector<double>& own) const {
    std::vector<double> sum(own.size(), 0);
    for (std::size_t i = 0; i < own.size(); ++i) {
      for (const relative& r : above_[node_id{i}]) sum[r.node.index()] += own[i];
    }
    return sum;
  }

  ancestor_table above_;
  std::vector<double> content_;
};

}  // namespace mll
