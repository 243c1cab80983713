// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/detail/vertex_numbering.hpp"
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

/// Ranks the senses of each word by the order of the nodes.
MLL_DECLARE void rank_senses(std::span<synset> nodes);

}  // namespace detail

/// Builds a semantic graph from nodes and edges in memory.
///
/// @tparam Graph a BGL graph with `synset` as bundled vertex property whose vertices are numbers: any
///               `compressed_sparse_row_graph` or `adjacency_list<.., vecS, bidirectionalS, synset>`
///
/// @param[in] nodes     payloads; node ids follow their order
/// @param[in] edges     (child, parent) pairs in any order; repeated pairs count once
/// @param[in] irregular irregular word forms for the lexicon
///
/// Throws: `invalid_argument` if an edge has an id that is not below `nodes.size()`, and as the constructor
/// of `semantic_dag`. Complexity: O(V log V + E + total length of the words).
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

/// An edge between two nodes, by their names.
struct named_edge {
  std::string child;
  std::string parent;  ///< the broader meaning
};

/// The words of nodes, by the names of the nodes.
using words_by_name = std::unordered_map<std::string, std::vector<std::string>>;

namespace detail {

/// The nodes that the edges name, with their words. @param[out] pairs the edges
MLL_DECLARE [[nodiscard]] std::vector<synset> nodes_by_name(const std::vector<named_edge>& edges,
                                                            const words_by_name& words,
                                                            std::vector<std::pair<node_id, node_id>>& pairs);

/// A node per word. Throws: `invalid_argument` for an empty word.
MLL_DECLARE [[nodiscard]] std::vector<synset> nodes_of_words(std::span<const std::string> words);

}  // namespace detail

/// Builds a semantic graph from the names of its nodes.
///
/// @code
/// const auto dag = mll::make_semantic_dag({{"car", "vehicle"}, {"truck", "vehicle"}, {"pickup", "truck"}},
///                                         {{"car", {"car", "automobile"}}, {"truck", {"truck", "lorry"}}});
/// @endcode
///
/// The name of a node is its synset id, and its word unless `words` lists others. Nodes are numbered as the
/// edges first name them, the child before the parent; the senses of a word are ranked in that order.
///
/// @tparam Graph as in the overload for synsets
/// @param[in] edges child and parent of each edge; repeated edges count once
/// @param[in] words the words of a node, best known first, where they are not its name; two nodes may share a
///                  word, as a crane is a bird and a machine
///
/// Throws: `invalid_argument` for an empty name or word, a node without words, words for a name that no edge
/// has, and a cycle. Complexity: O(V log V + E + total length of the words).
template <semantic_graph Graph = compact_graph>
[[nodiscard]] semantic_dag<Graph> make_semantic_dag(const std::vector<named_edge>& edges,
                                                    const words_by_name& words = {}) {
  std::vector<std::pair<node_id, node_id>> pairs;
  auto nodes = detail::nodes_by_name(edges, words, pairs);
  return make_semantic_dag<Graph>(std::move(nodes), pairs);
}

/// Builds a semantic graph from a Boost.Graph graph of any kind and a word per vertex.
///
/// @tparam Graph  of the result, as in the overload for synsets
/// @tparam Source models Boost.Graph's VertexListGraph and IncidenceGraph; may be `directedS`
/// @param[in] graph edges point from child to parent
/// @param[in] words `[num_vertices(graph)]`, in the order of `vertices(graph)`; the word of a vertex is its
///                  synset id as well, so words differ
///
/// Throws: `invalid_argument` if there are more or fewer words than vertices, a word is empty or repeated,
/// and for a cycle. Complexity: O(V log V + E + total length of the words).
template <semantic_graph Graph = compact_graph, class Source>
  requires(!requires(const Source& range) {
            std::begin(range);
          })  // boost::graph_traits of a vector does not compile
          && has_vertex_list<Source> && has_out_edges<Source>
[[nodiscard]] semantic_dag<Graph> make_semantic_dag(const Source& graph, std::span<const std::string> words) {
  const detail::vertex_numbering<Source> numbering{graph};
  if (words.size() != numbering.size()) {
    throw invalid_argument{"words", std::to_string(numbering.size()) + " words, one per vertex",
                           std::to_string(words.size())};
  }
  return make_semantic_dag<Graph>(detail::nodes_of_words(words), detail::edges_of(graph, numbering));
}

#if MLL_COMPILED
extern template semantic_dag<compact_graph> make_semantic_dag<compact_graph>(
    std::vector<synset>, std::span<const std::pair<node_id, node_id>>, const irregular_forms&);
extern template semantic_dag<compact_graph> make_semantic_dag<compact_graph>(const std::vector<named_edge>&,
                                                                             const words_by_name&);
#endif

}  // namespace mll

#if !MLL_COMPILED
#include "mll/graph/detail/make_semantic_dag.ipp"
#endif
