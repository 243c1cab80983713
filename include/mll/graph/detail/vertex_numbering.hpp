// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/functional/hash.hpp>
#include <boost/graph/graph_traits.hpp>
#include <concepts>
#include <cstddef>
#include <unordered_map>
#include <utility>
#include <vector>

#include "mll/core/ids.hpp"

namespace mll::detail {

/// Numbers the vertices of a Boost.Graph graph in the order of `vertices(graph)`.
template <class Graph>
class vertex_numbering {
 public:
  using vertex_type = typename boost::graph_traits<Graph>::vertex_descriptor;

  vertex_numbering() = default;
  explicit vertex_numbering(const Graph& graph) {
    const auto [first, last] = vertices(graph);
    vertices_.assign(first, last);
    if constexpr (std::unsigned_integral<vertex_type>) {  // descriptors equal to the numbers need no table
      std::size_t i = 0;
      while (i < vertices_.size() && vertices_[i] == i) ++i;
      if (i == vertices_.size()) return;
    }
    numbers_.reserve(vertices_.size());
    for (std::size_t i = 0; i < vertices_.size(); ++i) numbers_.emplace(vertices_[i], node_id{i});
  }

  [[nodiscard]] std::size_t size() const noexcept { return vertices_.size(); }
  [[nodiscard]] const vertex_type& vertex(node_id v) const { return vertices_[v.index()]; }
  [[nodiscard]] node_id number(const vertex_type& v) const {
    if constexpr (std::unsigned_integral<vertex_type>) {
      if (numbers_.empty()) return node_id{static_cast<std::size_t>(v)};
    }
    return numbers_.at(v);
  }

 private:
  std::vector<vertex_type> vertices_;
  std::unordered_map<vertex_type, node_id, boost::hash<vertex_type>> numbers_;
};

/// The edges of a graph as (source, target) numbers.
template <class Graph>
[[nodiscard]] std::vector<std::pair<node_id, node_id>> edges_of(const Graph& graph,
                                                                const vertex_numbering<Graph>& numbering) {
  std::vector<std::pair<node_id, node_id>> edges;
  for (std::size_t i = 0; i < numbering.size(); ++i) {
    auto [edge, last] = out_edges(numbering.vertex(node_id{i}), graph);
    for (; edge != last; ++edge) edges.emplace_back(node_id{i}, numbering.number(target(*edge, graph)));
  }
  return edges;
}

}  // namespace mll::detail
