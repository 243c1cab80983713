// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/graph/detail/id_set.hpp"
#include "mll/graph/detail/require_node.hpp"
#include "mll/graph/semantic_dag.hpp"

namespace mll {

/// A node that lies above or below another one.
struct relative {
  node_id node;
  std::uint32_t distance = 0;  ///< edges on the shortest way

  friend bool operator==(const relative&, const relative&) = default;
};

namespace detail {

/// Breadth-first walk from `start`, which is not reported; `neighbours(v)` is a range of node ids.
template <class Neighbours>
[[nodiscard]] std::vector<relative> walk(node_id start, const Neighbours& neighbours) {
  std::vector<relative> out;
  id_set seen;
  seen.insert(start);
  const auto step = [&](node_id v, std::uint32_t distance) {
    for (const node_id next : neighbours(v)) {
      if (seen.insert(next)) out.push_back({next, distance});
    }
  };
  step(start, 1);
  for (std::size_t level = 0; level < out.size();) {
    const std::size_t end = out.size();
    std::sort(out.begin() + static_cast<std::ptrdiff_t>(level), out.end(),
              [](const relative& a, const relative& b) { return a.node < b.node; });
    for (std::size_t i = level; i < end; ++i) step(out[i].node, out[i].distance + 1);
    level = end;
  }
  return out;
}

}  // namespace detail

/// All broader meanings of `v`, without `v`, by increasing distance, then id.
///
/// Throws: `invalid_argument` if `v` is not a node of the graph.
/// Complexity: O(r log r + edges among them) for r nodes in the result, whatever the size of the graph.
template <class Graph>
[[nodiscard]] std::vector<relative> ancestors(const semantic_dag<Graph>& dag, node_id v) {
  detail::require_node(v, dag.size(), "v");
  return detail::walk(v, [&](node_id u) { return dag.parents(u); });
}

/// All narrower meanings of `v`, without `v`, by increasing distance, then id.
///
/// Throws and complexity: as `ancestors`.
template <class Graph>
[[nodiscard]] std::vector<relative> descendants(const semantic_dag<Graph>& dag, node_id v) {
  detail::require_node(v, dag.size(), "v");
  return detail::walk(v, [&](node_id u) { return dag.children(u); });
}

/// Whether `above` is a broader meaning of `v`; no node is one of itself.
///
/// Throws: `invalid_argument` if one of them is not a node of the graph.
/// Complexity: O(ancestors of `v` and their edges).
template <class Graph>
[[nodiscard]] bool is_ancestor(const semantic_dag<Graph>& dag, node_id above, node_id v) {
  detail::require_node(above, dag.size(), "above");
  detail::require_node(v, dag.size(), "v");
  detail::id_set seen;
  std::vector<node_id> waiting{v};
  while (!waiting.empty()) {
    const node_id next = waiting.back();
    waiting.pop_back();
    for (const node_id parent : dag.parents(next)) {
      if (parent == above) return true;
      if (seen.insert(parent)) waiting.push_back(parent);
    }
  }
  return false;
}

/// The lowest common ancestors of two nodes: the nodes that both are or lie below, and that have no such node
/// below themselves. Increasing; empty if the two have nothing in common; `{a}` if `a` is `b` or lies above
/// it.
///
/// Throws: `invalid_argument` if one of them is not a node of the graph.
/// Complexity: O(r log r) for r ancestors of the two and their edges.
template <class Graph>
[[nodiscard]] std::vector<node_id> lowest_common_ancestors(const semantic_dag<Graph>& dag, node_id a,
                                                           node_id b) {
  detail::require_node(a, dag.size(), "a");
  detail::require_node(b, dag.size(), "b");
  detail::id_set above_a;
  above_a.insert(a);
  for (const relative& r : ancestors(dag, a)) above_a.insert(r.node);
  std::vector<node_id> common;
  if (above_a.contains(b)) common.push_back(b);
  for (const relative& r : ancestors(dag, b)) {
    if (above_a.contains(r.node)) common.push_back(r.node);
  }
  // A common ancestor with another one below it has one among its children.
  detail::id_set not_lowest;
  for (const node_id v : common) {
    for (const node_id parent : dag.parents(v)) not_lowest.insert(parent);
  }
  std::erase_if(common, [&](node_id v) { return not_lowest.contains(v); });
  std::sort(common.begin(), common.end());
  return common;
}

}  // namespace mll
