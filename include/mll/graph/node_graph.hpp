// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <boost/graph/graph_traits.hpp>
#include <boost/graph/properties.hpp>
#include <cstddef>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"

namespace mll {

/// A directed graph of node ids without payload: one direction of the hierarchy of a `semantic_dag`,
/// independent of the type of its graph and without parallel edges.
///
/// Models Boost.Graph's VertexListGraph, IncidenceGraph and AdjacencyGraph, with `boost::vertex_index`: the
/// vertices are the ids, and an edge is the pair of its ends. Immutable: concurrent reads are safe.
///
/// @code
/// // the distance of all nodes from v, for any type of graph
/// std::vector<int> distance(dag.size(), -1);
/// distance[v.index()] = 0;
/// boost::breadth_first_search(
///     dag.child_graph(), v,
///     boost::visitor(boost::make_bfs_visitor(boost::record_distances(
///         boost::make_iterator_property_map(distance.begin(), get(boost::vertex_index, dag.child_graph())),
///         boost::on_tree_edge()))));
/// @endcode
class node_graph {
 public:
  class edge_iterator;
  class node_iterator;

  using vertex_descriptor = node_id;
  using edge_descriptor = std::pair<node_id, node_id>;
  using directed_category = boost::directed_tag;
  using edge_parallel_category = boost::disallow_parallel_edge_tag;
  struct traversal_category : boost::vertex_list_graph_tag,
                              boost::incidence_graph_tag,
                              boost::adjacency_graph_tag {};
  using vertex_iterator = node_iterator;
  using out_edge_iterator = edge_iterator;
  using adjacency_iterator = const node_id*;
  using vertices_size_type = std::size_t;
  using degree_size_type = std::size_t;
  [[nodiscard]] static constexpr node_id null_vertex() noexcept { return {}; }

  node_graph() = default;

  /// @param[in] nodes number of nodes
  /// @param[in] edges (from, to) pairs in any order; repeated pairs count once
  /// Complexity: O(nodes + edges log d) with at most d edges from one node.
  MLL_LOCAL node_graph(std::size_t nodes, std::span<const std::pair<node_id, node_id>> edges);

  [[nodiscard]] std::size_t node_count() const noexcept { return offsets_.empty() ? 0 : offsets_.size() - 1; }
  [[nodiscard]] std::size_t edge_count() const noexcept { return targets_.size(); }
  /// The nodes that the edges from `v` lead to, in increasing id.
  [[nodiscard]] std::span<const node_id> operator[](node_id v) const {
    return std::span{targets_}.subspan(offsets_[v.index()], offsets_[v.index() + 1] - offsets_[v.index()]);
  }

  friend std::size_t num_vertices(const node_graph& g) noexcept { return g.node_count(); }
  friend std::pair<node_iterator, node_iterator> vertices(const node_graph& g) noexcept;
  friend std::size_t out_degree(node_id v, const node_graph& g) { return g[v].size(); }
  friend std::pair<edge_iterator, edge_iterator> out_edges(node_id v, const node_graph& g);
  friend std::pair<const node_id*, const node_id*> adjacent_vertices(node_id v, const node_graph& g) {
    return {g[v].data(), g[v].data() + g[v].size()};
  }
  friend node_id source(const edge_descriptor& e, const node_graph&) noexcept { return e.first; }
  friend node_id target(const edge_descriptor& e, const node_graph&) noexcept { return e.second; }

 private:
  std::vector<std::size_t> offsets_;
  std::vector<node_id> targets_;
};

/// The edges from one node.
class node_graph::edge_iterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = edge_descriptor;
  using difference_type = std::ptrdiff_t;
  using pointer = const value_type*;
  using reference = value_type;
  edge_iterator() = default;
  edge_iterator(node_id from, const node_id* to) noexcept : from_{from}, to_{to} {}
  value_type operator*() const noexcept { return {from_, *to_}; }
  edge_iterator& operator++() noexcept { return ++to_, *this; }
  edge_iterator operator++(int) noexcept { return {from_, to_++}; }
  friend bool operator==(const edge_iterator&, const edge_iterator&) = default;

 private:
  node_id from_;
  const node_id* to_ = nullptr;
};

/// All ids, from 0.
class node_graph::node_iterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = node_id;
  using difference_type = std::ptrdiff_t;
  using pointer = const node_id*;
  using reference = node_id;
  node_iterator() = default;
  explicit node_iterator(std::size_t at) noexcept : at_{at} {}
  node_id operator*() const noexcept { return node_id{at_}; }
  node_iterator& operator++() noexcept { return ++at_, *this; }
  node_iterator operator++(int) noexcept { return node_iterator{at_++}; }
  friend bool operator==(const node_iterator&, const node_iterator&) = default;

 private:
  std::size_t at_ = 0;
};

inline std::pair<node_graph::node_iterator, node_graph::node_iterator> vertices(
    const node_graph& g) noexcept {
  return {node_graph::node_iterator{0}, node_graph::node_iterator{g.node_count()}};
}

inline std::pair<node_graph::edge_iterator, node_graph::edge_iterator> out_edges(node_id v,
                                                                                 const node_graph& g) {
  const auto to = g[v];
  return {node_graph::edge_iterator{v, to.data()}, node_graph::edge_iterator{v, to.data() + to.size()}};
}

template <class>
node_graph::node_graph(std::size_t nodes, std::span<const std::pair<node_id, node_id>> edges)
    : offsets_(nodes + 1, 0) {
  for (const auto& [from, to] : edges) ++offsets_[from.index() + 1];
  for (std::size_t i = 0; i < nodes; ++i) offsets_[i + 1] += offsets_[i];
  std::vector<std::size_t> next(offsets_.begin(), offsets_.end() - 1);
  targets_.resize(edges.size());
  for (const auto& [from, to] : edges) targets_[next[from.index()]++] = to;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < nodes; ++i) {
    const auto first = targets_.begin() + static_cast<std::ptrdiff_t>(offsets_[i]);
    const auto last = targets_.begin() + static_cast<std::ptrdiff_t>(offsets_[i + 1]);
    std::sort(first, last);
    offsets_[i] = kept;
    for (auto it = first; it != last; ++it) {
      if (it == first || *it != targets_[kept - 1]) targets_[kept++] = *it;
    }
  }
  offsets_[nodes] = kept;
  targets_.resize(kept);
}

/// The number of a node, for property maps of Boost.Graph's algorithms.
struct node_index_map {
  using key_type = node_id;
  using value_type = std::size_t;
  using reference = std::size_t;
  using category = boost::readable_property_map_tag;
  friend constexpr std::size_t get(node_index_map, node_id v) noexcept { return v.index(); }
  constexpr std::size_t operator[](node_id v) const noexcept { return v.index(); }
};

constexpr node_index_map get(boost::vertex_index_t, const node_graph&) noexcept {
  return {};
}
constexpr std::size_t get(boost::vertex_index_t, const node_graph&, node_id v) noexcept {
  return v.index();
}

}  // namespace mll

namespace boost {

template <>
struct property_map<mll::node_graph, vertex_index_t> {
  using type = mll::node_index_map;
  using const_type = mll::node_index_map;
};

}  // namespace boost
