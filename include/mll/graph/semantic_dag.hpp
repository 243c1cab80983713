// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/detail/vertex_numbering.hpp"
#include "mll/graph/lexicon.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/graph/semantic_nodes.hpp"

namespace mll {

/// The graph that the readers build: compact, immutable, with in-edges.
using compact_graph = boost::compressed_sparse_row_graph<boost::bidirectionalS, synset>;

/// The **SDAG**: an acyclic semantic graph with dense node ids, an index of its synset ids and words, and the
/// order and depth of its nodes.
///
/// Node ids number the vertices in the order of `vertices(graph)`. Algorithms of Boost.Graph run on
/// `graph()`, in terms of its vertices (`vertex`, `node`), and on `parent_graph()` and `child_graph()`, in
/// terms of node ids. What does not depend on the type of the graph is in the base, `semantic_nodes`.
/// Immutable: concurrent reads are safe.
///
/// @code
/// boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, mll::synset> words(2);
/// words[0].id = "animal";
/// words[1].id = "dog";
/// boost::add_edge(1, 0, words);  // from child to parent
/// const mll::semantic_dag dag{words};
/// for (const mll::node_id v : dag.parents(dag.at("dog"))) std::cout << dag[v].id << '\n';  // animal
/// @endcode
///
/// @tparam Graph models `semantic_graph`; edges point from child to parent
template <semantic_graph Graph = compact_graph>
class semantic_dag : public semantic_nodes {
 public:
  using graph_type = Graph;
  using vertex_type = typename boost::graph_traits<Graph>::vertex_descriptor;

  /// Takes ownership of a graph and indexes it.
  ///
  /// @param[in] graph     the graph; parallel edges count once
  /// @param[in] irregular irregular word forms for the lexicon
  ///
  /// Throws: `invalid_argument` for an empty or repeated synset id, and for a cycle; the message lists the
  /// synset ids of the cycle in order.
  /// Complexity: O(V log V + E + total length of the words).
  explicit semantic_dag(Graph graph, const irregular_forms& irregular = {}) {
    // Shared: copying or moving a BGL graph may give its vertices other descriptors.
    auto shared = std::make_shared<const Graph>(std::move(graph));
    vertices_ = detail::vertex_numbering<Graph>{*shared};
    std::vector<const synset*> payload(vertices_.size());
    for (std::size_t i = 0; i < payload.size(); ++i)
      payload[i] = &node_payload(*shared, vertices_.vertex(node_id{i}));
    auto edges = detail::edges_of(*shared, vertices_);
    index(std::move(shared), std::move(payload), std::move(edges), irregular);
  }

  [[nodiscard]] const Graph& graph() const noexcept { return *static_cast<const Graph*>(owner()); }

  /// The vertex of a node in `graph()`.
  [[nodiscard]] vertex_type vertex(node_id v) const { return vertices_.vertex(v); }
  /// The node of a vertex of `graph()`.
  [[nodiscard]] node_id node(const vertex_type& v) const { return vertices_.number(v); }

 private:
  detail::vertex_numbering<Graph> vertices_;
};

#if MLL_COMPILED
extern template class semantic_dag<compact_graph>;
#endif

}  // namespace mll
