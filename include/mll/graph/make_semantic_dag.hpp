// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/lexicon.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/graph/synset.hpp"

namespace mll {

namespace detail {

/// A graph of `nodes` vertices without payload; edges are (child, parent) pairs.
template <class Graph, class Pairs>
[[nodiscard]] Graph make_graph(const Pairs& edges, std::size_t nodes) {
  if constexpr (std::constructible_from<Graph, boost::edges_are_unsorted_multi_pass_t,
                                        decltype(edges.begin()), decltype(edges.end()), std::size_t>) {
    return Graph(boost::edges_are_unsorted_multi_pass, edges.begin(), edges.end(), nodes);
  } else {
    return Graph(edges.begin(), edges.end(), nodes);
  }
}

}  // namespace detail

/// Builds a semantic graph from nodes and edges in memory.
///
/// @tparam Graph a BGL graph with `synset` as bundled vertex property whose vertices are numbers: any
///               `compressed_sparse_row_graph` or `adjacency_list<.., vecS, bidirectionalS, synset>`
///
/// @param[in] nodes     payloads; node ids follow their order
/// @param[in] edges     (child, parent) pairs in any order; repetitions count once
/// @param[in] irregular irregular word forms for the lexicon
///
/// Throws: `invalid_argument` if an edge names a node that is not there, and as the constructor of
/// `semantic_dag`. Complexity: O(V + E + total length of the words).
template <semantic_graph Graph = compact_graph>
[[nodiscard]] semantic_dag<Graph> make_semantic_dag(std::vector<synset> nodes,
                                                    std::span<const std::pair<node_id, node_id>> edges,
                                                    const irregular_forms& irregular = {}) {
  using vertex_type = typename semantic_dag<Graph>::vertex_type;
  std::vector<std::pair<vertex_type, vertex_type>> pairs;
  pairs.reserve(edges.size());
  for (const auto& [child, parent] : edges) {
    for (const node_id v : {child, parent}) {
      if (v.index() >= nodes.size()) {
        throw invalid_argument{"edges", "node ids below " + std::to_string(nodes.size()),
                               std::to_string(v.value())};
      }
    }
    pairs.emplace_back(child.index(), parent.index());
  }
  Graph graph = detail::make_graph<Graph>(pairs, nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) graph[i] = std::move(nodes[i]);
  return semantic_dag<Graph>{std::move(graph), irregular};
}

}  // namespace mll
