// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/random.hpp"

namespace mll {

/// Assigns the rows of labels to the samples of nodes: node by node, in increasing id. Layouts are equal if
/// they assign the same rows.
class sample_layout {
 public:
  /// A range of rows.
  struct row_range {
    std::size_t first = 0;
    std::size_t count = 0;
  };

  sample_layout() = default;

  /// @param[in] nodes  strictly increasing
  /// @param[in] counts samples of each of these nodes, each at least 1
  /// @param[in] graph  fingerprint of the graph that the nodes belong to (`semantic_dag::fingerprint`); 0:
  ///                   unknown, so that a mix-up of graphs goes unnoticed
  /// Throws: `invalid_argument` if the lengths differ, the nodes do not increase or a count is 0.
  sample_layout(std::vector<node_id> nodes, std::span<const std::size_t> counts, std::uint64_t graph = 0)
      : nodes_{std::move(nodes)}, graph_{graph} {
    if (counts.size() != nodes_.size()) {
      throw invalid_argument{"counts", std::to_string(nodes_.size()) + " counts, one per node",
                             std::to_string(counts.size())};
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (i > 0 && !(nodes_[i - 1] < nodes_[i])) {
        throw invalid_argument{
            "nodes", "increasing ids",
            std::to_string(nodes_[i].value()) + " after " + std::to_string(nodes_[i - 1].value())};
      }
      if (counts[i] == 0) {
        throw invalid_argument{"counts", "at least 1 sample per node",
                               "0 for node " + std::to_string(nodes_[i].value())};
      }
      offsets_.push_back(offsets_.back() + counts[i]);
    }
  }

  /// Nodes that have samples, increasing.
  [[nodiscard]] std::span<const node_id> nodes() const noexcept { return nodes_; }
  /// Number of rows.
  [[nodiscard]] std::size_t row_count() const noexcept { return offsets_.back(); }
  /// Position of a node in `nodes()`, or `nodes().size()` if it has no samples. Complexity: O(log nodes).
  [[nodiscard]] std::size_t position(node_id v) const {
    const auto found = std::lower_bound(nodes_.begin(), nodes_.end(), v);
    return found != nodes_.end() && *found == v ? static_cast<std::size_t>(found - nodes_.begin())
                                                : nodes_.size();
  }
  [[nodiscard]] bool contains(node_id v) const { return position(v) != nodes_.size(); }
  /// Rows of the node at a position in `nodes()`.
  [[nodiscard]] row_range rows_at(std::size_t position) const {
    return {offsets_[position], offsets_[position + 1] - offsets_[position]};
  }
  /// Position of the node of a row. Complexity: O(log nodes).
  [[nodiscard]] std::size_t position_of_row(std::size_t row) const {
    return static_cast<std::size_t>(std::upper_bound(offsets_.begin(), offsets_.end(), row) -
                                    offsets_.begin()) -
           1;
  }
  /// Rows of a node; empty if it has no samples.
  [[nodiscard]] row_range rows(node_id v) const {
    const std::size_t at = position(v);
    return at == nodes_.size() ? row_range{} : rows_at(at);
  }

  /// Fingerprint of the graph; 0: unknown.
  [[nodiscard]] std::uint64_t graph() const noexcept { return graph_; }
  /// Fingerprint of nodes and counts. Complexity: O(nodes).
  [[nodiscard]] std::uint64_t fingerprint() const noexcept {
    std::uint64_t out = nodes_.size();
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      out = derive_seed(derive_seed(out, nodes_[i].value()), offsets_[i + 1]);
    return out == 0 ? 1 : out;
  }
  /// Throws: `invalid_argument` for `argument` if the layout is known to belong to another graph, or has a
  /// node that the graph lacks.
  template <class Graph>
  void require_graph(std::string_view argument, const Graph& graph) const {
    if (!nodes_.empty() && nodes_.back().index() >= graph.size()) {
      throw invalid_argument{argument, "nodes of the graph, below " + std::to_string(graph.size()),
                             "node " + std::to_string(nodes_.back().value())};
    }
    if (graph_ != 0 && graph_ != graph.fingerprint())
      throw invalid_argument{argument, "nodes of this graph",
                             "nodes of another graph (its fingerprint differs)"};
  }

  friend bool operator==(const sample_layout& a, const sample_layout& b) {
    return a.nodes_ == b.nodes_ && a.offsets_ == b.offsets_;
  }

 private:
  std::vector<node_id> nodes_;
  std::uint64_t graph_ = 0;
  std::vector<std::size_t> offsets_{0};
};

}  // namespace mll
