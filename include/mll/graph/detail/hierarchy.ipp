// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <boost/graph/breadth_first_search.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/detail/id_set.hpp"
#include "mll/graph/hierarchy.hpp"
#include "mll/graph/node_graph.hpp"
#include "mll/graph/semantic_nodes.hpp"

namespace mll {

namespace detail {

MLL_DEFINE void require_node(node_id v, std::size_t nodes, std::string_view argument) {
  if (v.index() < nodes) return;
  throw invalid_argument{argument, "a node of the graph, below " + std::to_string(nodes),
                         v.valid() ? std::to_string(v.value()) : "the invalid id"};
}

/// A queue for breadth-first search that keeps all nodes pushed, with their distances.
struct walk_queue {
  std::vector<relative> reached;
  std::size_t next = 0;
  std::uint32_t distance = 0;  // of the nodes pushed now

  [[nodiscard]] bool empty() const { return next == reached.size(); }
  [[nodiscard]] std::size_t size() const { return reached.size() - next; }
  [[nodiscard]] const node_id& top() const { return reached[next].node; }
  void push(node_id v) { reached.push_back({v, distance}); }
  void pop() { distance = reached[next++].distance + 1; }
};

/// A colour map whose size follows the nodes reached, not the graph.
struct seen_color {
  using key_type = node_id;
  using value_type = boost::default_color_type;
  using reference = boost::default_color_type;
  using category = boost::read_write_property_map_tag;

  id_set* seen;

  friend value_type get(const seen_color& map, node_id v) {
    return map.seen->contains(v) ? boost::black_color : boost::white_color;
  }
  friend void put(const seen_color& map, node_id v, value_type color) {
    if (color == boost::gray_color) map.seen->insert(v);
  }
};

/// The nodes reachable from `start`, without it, by increasing distance, then id.
MLL_LOCAL [[nodiscard]] std::vector<relative> walk(node_id start, const node_graph& graph) {
  id_set seen;
  walk_queue queue;
  boost::breadth_first_visit(graph, start, queue, boost::default_bfs_visitor{}, seen_color{&seen});
  queue.reached.erase(queue.reached.begin());
  std::sort(queue.reached.begin(), queue.reached.end(), [](const relative& a, const relative& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.node < b.node;
  });
  return std::move(queue.reached);
}

}  // namespace detail

MLL_DEFINE std::vector<relative> ancestors(const semantic_nodes& dag, node_id v) {
  detail::require_node(v, dag.size(), "v");
  return detail::walk(v, dag.parent_graph());
}

MLL_DEFINE std::vector<relative> descendants(const semantic_nodes& dag, node_id v) {
  detail::require_node(v, dag.size(), "v");
  return detail::walk(v, dag.child_graph());
}

MLL_DEFINE bool is_ancestor(const semantic_nodes& dag, node_id above, node_id v) {
  detail::require_node(above, dag.size(), "above");
  const auto all = ancestors(dag, v);
  return std::any_of(all.begin(), all.end(), [&](const relative& r) { return r.node == above; });
}

MLL_DEFINE std::vector<node_id> lowest_common_ancestors(const semantic_nodes& dag, node_id a, node_id b) {
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
  // A common ancestor above another one is the parent of one.
  detail::id_set not_lowest;
  for (const node_id v : common) {
    for (const node_id parent : dag.parents(v)) not_lowest.insert(parent);
  }
  std::erase_if(common, [&](node_id v) { return not_lowest.contains(v); });
  std::sort(common.begin(), common.end());
  return common;
}

}  // namespace mll
