// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/lexicon.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/synset.hpp"

namespace mll {

/// Builds a semantic graph from nodes and edges in memory.
///
/// @param[in] nodes     payloads; node ids follow their order
/// @param[in] edges     (child, parent) pairs in any order; repetitions count once
/// @param[in] irregular irregular word forms for the lexicon
///
/// Throws: `invalid_argument` if an edge names a node that is not there, and as the constructor of
/// `semantic_dag`. Complexity: O(V + E + total length of the words).
[[nodiscard]] inline semantic_dag<> make_semantic_dag(std::vector<synset> nodes,
                                                      std::span<const std::pair<node_id, node_id>> edges,
                                                      const irregular_forms& irregular = {}) {
  using vertex_type = semantic_dag<>::vertex_type;
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
  compact_graph graph{boost::edges_are_unsorted_multi_pass, pairs.begin(), pairs.end(), nodes.size()};
  for (std::size_t i = 0; i < nodes.size(); ++i) graph[i] = std::move(nodes[i]);
  return semantic_dag<>{std::move(graph), irregular};
}

}  // namespace mll
