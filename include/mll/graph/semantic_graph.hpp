// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/graph/graph_traits.hpp>
#include <concepts>
#include <cstddef>

#include "mll/graph/synset.hpp"

namespace mll {

namespace detail {

template <class G, class V>
concept has_adl_node_payload = requires(const G& g, V v) {
  { mll_node_payload(g, v) } -> std::convertible_to<const synset&>;
};

template <class G, class V>
concept has_bundled_payload = requires(const G& g, V v) {
  { g[v] } -> std::convertible_to<const synset&>;
};

struct node_payload_fn {
  template <class G, class V = typename boost::graph_traits<G>::vertex_descriptor>
    requires has_adl_node_payload<G, V> || has_bundled_payload<G, V>
  constexpr const synset& operator()(const G& g, V v) const {
    if constexpr (has_adl_node_payload<G, V>) {
      return mll_node_payload(g, v);
    } else {
      return g[v];
    }
  }
};

}  // namespace detail

/// Customisation point: the `synset` of a vertex. Calls `mll_node_payload(g, v)` if argument-dependent lookup
/// finds it (for a foreign graph), else `g[v]` (a Boost.Graph graph with `synset` as bundled vertex
/// property).
inline constexpr detail::node_payload_fn node_payload{};

/// `vertices(g)` and `num_vertices(g)`: Boost.Graph's VertexListGraph.
template <class G>
concept has_vertex_list =
    std::convertible_to<typename boost::graph_traits<G>::traversal_category, boost::vertex_list_graph_tag> &&
    requires(const G& g) {
      { num_vertices(g) } -> std::convertible_to<std::size_t>;
      vertices(g);
    };

/// `out_edges(v, g)`, `source(e, g)` and `target(e, g)`: Boost.Graph's IncidenceGraph.
template <class G>
concept has_out_edges = requires(const G& g, typename boost::graph_traits<G>::vertex_descriptor v,
                                 typename boost::graph_traits<G>::edge_descriptor e) {
  out_edges(v, g);
  { source(e, g) } -> std::convertible_to<decltype(v)>;
  { target(e, g) } -> std::convertible_to<decltype(v)>;
};

/// `in_edges(v, g)`: Boost.Graph's BidirectionalGraph.
template <class G>
concept has_in_edges =
    requires(const G& g, typename boost::graph_traits<G>::vertex_descriptor v) { in_edges(v, g); };

/// `node_payload(g, v)`, a synset.
template <class G>
concept has_node_payload = requires(const G& g, typename boost::graph_traits<G>::vertex_descriptor v) {
  { node_payload(g, v) } -> std::convertible_to<const synset&>;
};

/// A Boost.Graph graph whose vertices are meanings and whose edges point from a meaning to a broader one
/// (child -> parent, as WordNet's hypernym pointers do).
///
/// Refines Boost.Graph's VertexListGraph and BidirectionalGraph: `vertices`, `num_vertices`, `out_edges`,
/// `in_edges`, `source`, `target`. In addition, `mll::node_payload(g, v)` is a `const synset&`.
///
/// @code
/// using words = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, mll::synset>;
/// static_assert(mll::semantic_graph<words>);
///
/// inline words dog_is_an_animal() {
///   words g(2);
///   g[0].id = "animal";
///   g[1].id = "dog";
///   boost::add_edge(1, 0, g);
///   return g;
/// }
/// @endcode
///
/// Models: `boost::adjacency_list<.., .., boost::bidirectionalS, synset>` with any vertex container,
/// `boost::compressed_sparse_row_graph<boost::bidirectionalS, synset>`, any adapted graph.
/// Not a model: a graph with `boost::directedS` (no `in_edges`).
template <class G>
concept semantic_graph = has_vertex_list<G> && has_out_edges<G> && has_in_edges<G> && has_node_payload<G>;

}  // namespace mll
