// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <boost/graph/depth_first_search.hpp>

#include "mll/graph/detail/cycle.hpp"

namespace mll::detail {

/// Calls `closes(path, edge)` for each edge that leads back to a node of the path on which depth-first search
/// reached it: of the path from the start of the search to the source of the edge.
template <class Closes>
struct back_edge_visitor : boost::default_dfs_visitor {
  std::vector<node_id>* path;  // Boost.Graph copies the visitor
  Closes closes;

  back_edge_visitor(std::vector<node_id>& nodes, Closes f) : path{&nodes}, closes{f} {}
  template <class Graph>
  void discover_vertex(node_id v, const Graph&) {
    path->push_back(v);
  }
  template <class Graph>
  void finish_vertex(node_id, const Graph&) {
    path->pop_back();
  }
  template <class Edge, class Graph>
  void back_edge(const Edge& e, const Graph& g) {
    closes(*path, std::pair{source(e, g), target(e, g)});
  }
};

/// Searches depth first, from the first node on, the edges of a node by increasing end.
/// Complexity: O(nodes + edges), without recursion.
template <class Closes>
void visit_back_edges(const node_graph& graph, Closes closes) {
  std::vector<node_id> path;
  boost::depth_first_search(graph, boost::visitor(back_edge_visitor<Closes>{path, closes}));
}

MLL_DEFINE
std::vector<node_id> find_cycle(const node_graph& parents) {
  std::vector<node_id> cycle;
  visit_back_edges(parents, [&](std::span<const node_id> path, std::pair<node_id, node_id> edge) {
    if (!cycle.empty()) return;
    cycle.assign(std::find(path.begin(), path.end(), edge.second), path.end());
    cycle.push_back(edge.second);
  });
  return cycle;
}

MLL_DEFINE
std::size_t closing_edge(std::span<const node_id> cycle, std::span<const std::pair<node_id, node_id>> edges) {
  std::vector<std::pair<node_id, node_id>> cycle_edges;
  for (std::size_t i = 0; i + 1 < cycle.size(); ++i) cycle_edges.emplace_back(cycle[i], cycle[i + 1]);
  std::sort(cycle_edges.begin(), cycle_edges.end());
  std::vector<bool> seen(cycle_edges.size(), false);  // an edge may be repeated
  std::size_t closing = 0;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto found = std::lower_bound(cycle_edges.begin(), cycle_edges.end(), edges[i]);
    if (found == cycle_edges.end() || *found != edges[i]) continue;
    const auto at = static_cast<std::size_t>(found - cycle_edges.begin());
    if (!seen[at]) closing = i;
    seen[at] = true;
  }
  return closing;
}

MLL_DEFINE
std::vector<std::pair<node_id, node_id>> remove_cycles(std::size_t nodes,
                                                       std::vector<std::pair<node_id, node_id>>& edges) {
  std::vector<std::pair<node_id, node_id>> removed;
  visit_back_edges(node_graph{nodes, edges}, [&](std::span<const node_id>, std::pair<node_id, node_id> edge) {
    removed.push_back(edge);
  });
  auto sorted = removed;
  std::sort(sorted.begin(), sorted.end());
  std::erase_if(edges,
                [&](const auto& edge) { return std::binary_search(sorted.begin(), sorted.end(), edge); });
  return removed;
}

}  // namespace mll::detail
