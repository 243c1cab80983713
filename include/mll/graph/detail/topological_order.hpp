// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/graph/breadth_first_search.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/node_graph.hpp"

namespace mll::detail {

/// A colour map in which a node is white once each of its parents has been visited. Breadth-first search with
/// it is Kahn's algorithm.
struct color_by_parents {
  using key_type = node_id;
  using value_type = boost::default_color_type;
  using reference = boost::default_color_type;
  using category = boost::read_write_property_map_tag;

  std::uint32_t* missing;  // [nodes], number of unvisited parents

  friend value_type get(const color_by_parents& map, node_id v) {
    return map.missing[v.index()] == 0 ? boost::white_color : boost::gray_color;
  }
  friend void put(const color_by_parents&, node_id, value_type) {}  // a white node is not reached again
};

/// Records the nodes in the order of the search.
struct order_recorder : boost::default_bfs_visitor {
  std::uint32_t* missing;
  std::vector<node_id>* order;

  order_recorder(std::vector<std::uint32_t>& missing_parents, std::vector<node_id>& out)
      : missing{missing_parents.data()}, order{&out} {}
  template <class Graph>
  void examine_vertex(node_id v, const Graph&) {
    order->push_back(v);
  }
  template <class Edge, class Graph>
  void examine_edge(const Edge& e, const Graph& g) {
    --missing[target(e, g).index()];
  }
};

/// All nodes except those on cycles and below them, every parent before its children, of the nodes that may
/// come next the lowest id first. Complexity: O(V log V + E).
MLL_LOCAL [[nodiscard]] std::vector<node_id> topological_order(const node_graph& parents,
                                                               const node_graph& children) {
  std::vector<std::uint32_t> missing(num_vertices(parents));
  std::vector<node_id> roots;
  for (auto [v, last] = vertices(parents); v != last; ++v) {
    missing[(*v).index()] = static_cast<std::uint32_t>(out_degree(*v, parents));
    if (missing[(*v).index()] == 0) roots.push_back(*v);
  }
  std::vector<node_id> order;
  order.reserve(missing.size());
  std::priority_queue<node_id, std::vector<node_id>, std::greater<>> lowest_first;
  boost::breadth_first_visit(children, roots.begin(), roots.end(), lowest_first,
                             order_recorder{missing, order}, color_by_parents{missing.data()});
  return order;
}

/// The number of edges on the shortest path up to a root, per node. Complexity: O(V + E).
MLL_LOCAL [[nodiscard]] std::vector<std::uint32_t> depths(const node_graph& children,
                                                          const std::vector<node_id>& roots) {
  std::vector<std::uint32_t> depth(num_vertices(children), 0);
  std::vector<boost::default_color_type> color(depth.size(), boost::white_color);
  const auto index = get(boost::vertex_index, children);
  boost::queue<node_id> waiting;
  boost::breadth_first_visit(
      children, roots.begin(), roots.end(), waiting,
      boost::make_bfs_visitor(boost::record_distances(boost::make_iterator_property_map(depth.begin(), index),
                                                      boost::on_tree_edge())),
      boost::make_iterator_property_map(color.begin(), index));
  return depth;
}

}  // namespace mll::detail
