// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/ancestor_table.hpp"
#include "mll/graph/hierarchy.hpp"
#include "mll/graph/semantic_nodes.hpp"

namespace mll {

/// Options of `information_content` from counts.
struct information_content_options {
  /// Added to the count of every node, so that an unseen node has a finite content; above 0.
  double smoothing = 1;
};

/// The information content of each node of a graph: 0 for a node that covers everything, more for narrower
/// nodes. It never decreases from a node to its children.
///
/// Immutable: concurrent reads are safe.
///
/// @code
/// const mll::information_content content{dag};
/// std::cout << content[dag.at("animal")] << " < " << content[dag.at("dog")] << '\n';
/// @endcode
class information_content {
 public:
  /// Intrinsic content, from the shape of the graph alone (Seco, Veale and Hayes 2004):
  /// `1 - log(1 + descendants(v)) / log(nodes)`, in [0, 1]; 1 for a leaf, 0 for the only node of a graph.
  ///
  /// Complexity: as `ancestor_table`.
  MLL_LOCAL explicit information_content(const semantic_nodes& dag);

  /// Content from frequencies: `-log(p(v))` in nats, where p(v) is the share of all smoothed counts that
  /// belong to v and its descendants, each counted once.
  ///
  /// @param[in] counts `[nodes]`, finite, at least 0; of the node itself, without its descendants
  ///
  /// Throws: `invalid_argument` for counts of another length or range, and unless smoothing is finite and
  /// above 0. Complexity: as `ancestor_table`.
  MLL_LOCAL information_content(const semantic_nodes& dag, std::span<const double> counts,
                                const information_content_options& options = {});

  /// Number of nodes of the graph.
  [[nodiscard]] std::size_t size() const noexcept { return content_.size(); }
  /// Fingerprint of the graph.
  [[nodiscard]] std::uint64_t graph() const noexcept { return graph_; }
  /// The content of a node.
  [[nodiscard]] double operator[](node_id v) const { return content_[v.index()]; }
  /// The ancestors of all nodes.
  [[nodiscard]] const ancestor_table& ancestors() const noexcept { return above_; }

  /// The common ancestor with the most content, of equals the lowest id; empty if there is none. Complexity:
  /// linear in the number of ancestors of the two.
  [[nodiscard]] std::optional<node_id> most_informative_common_ancestor(node_id a, node_id b) const {
    std::optional<node_id> best;
    above_.for_each_common(a, b, [&](node_id c, auto, auto) {
      if (!best || content_[c.index()] > content_[best->index()]) best = c;
    });
    return best;
  }

 private:
  // The sum over each node and its descendants.
  MLL_LOCAL [[nodiscard]] std::vector<double> covered_by(const std::vector<double>& own) const;

  ancestor_table above_;
  std::uint64_t graph_;
  std::vector<double> content_;
};

template <class>
information_content::information_content(const semantic_nodes& dag) : above_{dag}, graph_{dag.fingerprint()} {
  content_ = covered_by(std::vector<double>(dag.size(), 1.0));
  const double all = std::log(static_cast<double>(dag.size()));
  for (double& value : content_) value = dag.size() > 1 ? 1 - std::log(value) / all : 0;
}

template <class>
information_content::information_content(const semantic_nodes& dag, std::span<const double> counts,
                                         const information_content_options& options)
    : above_{dag}, graph_{dag.fingerprint()} {
  if (!(options.smoothing > 0) || !std::isfinite(options.smoothing)) {
    throw invalid_argument{"smoothing", "a finite number above 0", detail::number_text(options.smoothing)};
  }
  if (counts.size() != dag.size()) {
    throw invalid_argument{"counts", std::to_string(dag.size()) + " counts, one per node",
                           std::to_string(counts.size())};
  }
  std::vector<double> own(counts.begin(), counts.end());
  double total = 0;
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (!(own[i] >= 0) || !std::isfinite(own[i])) {
      throw invalid_argument{"counts", "finite numbers of at least 0",
                             detail::number_text(own[i]) + " at node " + std::to_string(i)};
    }
    own[i] += options.smoothing;
    total += own[i];
  }
  content_ = covered_by(own);
  for (double& value : content_) value = value < total ? -std::log(value / total) : 0;
}

template <class>
std::vector<double> information_content::covered_by(const std::vector<double>& own) const {
  std::vector<double> sum(own.size(), 0);
  for (std::size_t i = 0; i < own.size(); ++i) {
    for (const relative& r : above_[node_id{i}]) sum[r.node.index()] += own[i];
  }
  return sum;
}

}  // namespace mll
