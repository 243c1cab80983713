// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/ancestor_table.hpp"
#include "mll/graph/hierarchy.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/semantic_nodes.hpp"

/// Similarity of two nodes by their position in the graph: in [0, 1], symmetric, 1 for a node and itself, 0
/// for nodes without a common ancestor. A node counts as its own ancestor.
///
/// The functions over an `ancestor_table` or an `information_content` take at most a microsecond per pair;
/// the others walk the graph, some microseconds per pair, and need no preparation.
namespace mll {

namespace detail {

/// Calls `visit(c, distance_a, distance_b)` for each common ancestor, without a table.
template <class Visit>
void for_each_common_ancestor(const semantic_nodes& dag, node_id a, node_id b, Visit&& visit) {
  require_node(a, dag.size(), "a");
  require_node(b, dag.size(), "b");
  const auto with_itself = [&](node_id v) {
    auto list = ancestors(dag, v);
    list.push_back({v, 0});
    std::sort(list.begin(), list.end(), [](const relative& x, const relative& y) { return x.node < y.node; });
    return list;
  };
  const std::vector<relative> above_a = with_itself(a);
  const std::vector<relative> above_b = with_itself(b);
  auto j = above_b.begin();
  for (const relative& r : above_a) {
    while (j != above_b.end() && j->node < r.node) ++j;
    if (j != above_b.end() && j->node == r.node) visit(r.node, r.distance, j->distance);
  }
}

/// The shortest path from one node up to a common ancestor and down to the other.
struct shortest_path {
  std::uint32_t edges = std::numeric_limits<std::uint32_t>::max();
  void operator()(node_id, std::uint32_t from_a, std::uint32_t from_b) {
    edges = std::min(edges, from_a + from_b);
  }
  [[nodiscard]] double similarity() const {
    return edges == std::numeric_limits<std::uint32_t>::max() ? 0.0
                                                              : 1.0 / (1.0 + static_cast<double>(edges));
  }
};

struct best_wu_palmer {
  const semantic_nodes& dag;
  double similarity = 0;
  void operator()(node_id c, std::uint32_t from_a, std::uint32_t from_b) {
    const double level = 2.0 * (static_cast<double>(dag.depth(c)) + 1.0);
    similarity =
        std::max(similarity, level / (level + static_cast<double>(from_a) + static_cast<double>(from_b)));
  }
};

}  // namespace detail

/// Path similarity `1 / (1 + d)`, where d is the number of edges on the shortest path from `a` up to a common
/// ancestor and down to `b`.
///
/// @code
/// const double similar = mll::path_similarity(dag, dag.at("dog"), dag.at("cat"));
/// @endcode
///
/// Throws: `invalid_argument` if an argument is not a node of the graph.
/// Complexity: O(r log r) for r ancestors of the two and their edges.
MLL_LOCAL [[nodiscard]] double path_similarity(const semantic_nodes& dag, node_id a, node_id b) {
  detail::shortest_path path;
  detail::for_each_common_ancestor(dag, a, b, path);
  return path.similarity();
}

/// Path similarity by a table of the graph. Complexity: linear in the ancestors of the two.
MLL_LOCAL [[nodiscard]] double path_similarity(const ancestor_table& table, node_id a, node_id b) {
  detail::require_node(a, table.size(), "a");
  detail::require_node(b, table.size(), "b");
  detail::shortest_path path;
  table.for_each_common(a, b, path);
  return path.similarity();
}

/// Similarity of Wu and Palmer (1994): the largest `2 D(c) / (2 D(c) + d(a, c) + d(b, c))` over the common
/// ancestors c, where `D(c) = dag.depth(c) + 1` counts the nodes on the shortest path from a root to c, and d
/// the edges on the shortest path up. Roots have level 1; two children of a root have similarity 0.5.
///
/// @code
/// const double similar = mll::wu_palmer_similarity(dag, dag.at("dog"), dag.at("cat"));
/// @endcode
///
/// Throws: `invalid_argument` if an argument is not a node of the graph.
/// Complexity: O(r log r) for r ancestors of the two and their edges.
MLL_LOCAL [[nodiscard]] double wu_palmer_similarity(const semantic_nodes& dag, node_id a, node_id b) {
  detail::best_wu_palmer best{dag};
  detail::for_each_common_ancestor(dag, a, b, best);
  return best.similarity;
}

/// Similarity of Wu and Palmer by a table of the graph. Complexity: linear in the ancestors of the two.
MLL_LOCAL [[nodiscard]] double wu_palmer_similarity(const semantic_nodes& dag, const ancestor_table& table,
                                                    node_id a, node_id b) {
  detail::require_node(a, table.size(), "a");
  detail::require_node(b, table.size(), "b");
  detail::best_wu_palmer best{dag};
  table.for_each_common(a, b, best);
  return best.similarity;
}

/// Similarity of Lin (1998): `2 I(c) / (I(a) + I(b))`, where I is the information content and c the common
/// ancestor with the most. 0 for different nodes without content (`I(a) = I(b) = 0`).
///
/// @code
/// const mll::information_content content{dag};  // once per graph
/// const double similar = mll::lin_similarity(content, dag.at("dog"), dag.at("cat"));
/// @endcode
///
/// Throws: `invalid_argument` if an argument is not a node of the graph.
/// Complexity: linear in the ancestors of the two.
MLL_LOCAL [[nodiscard]] double lin_similarity(const information_content& content, node_id a, node_id b) {
  detail::require_node(a, content.size(), "a");
  detail::require_node(b, content.size(), "b");
  if (a == b) return 1;
  const auto common = content.most_informative_common_ancestor(a, b);
  const double both = content[a] + content[b];
  // Rounding may make the content of an ancestor larger than that of its descendants by the last bit.
  return common && both > 0 ? std::min(1.0, 2 * content[*common] / both) : 0;
}

}  // namespace mll
