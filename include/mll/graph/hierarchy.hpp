// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/semantic_nodes.hpp"

namespace mll {

/// An ancestor or descendant of a node.
struct relative {
  node_id node;
  std::uint32_t distance = 0;  ///< edges on the shortest path

  friend bool operator==(const relative&, const relative&) = default;
};

namespace detail {

/// Throws: `invalid_argument` if `v` is not a node of a graph of `nodes` nodes.
MLL_DECLARE void require_node(node_id v, std::size_t nodes, std::string_view argument);

}  // namespace detail

/// All broader meanings of `v`, by increasing distance, then id; `v` itself is left out.
///
/// @code
/// for (const mll::relative& above : mll::ancestors(dag, dag.at("dog")))
///   std::cout << dag[above.node].id << ", " << above.distance << " edges above\n";
/// @endcode
///
/// Throws: `invalid_argument` if `v` is not a node of the graph.
/// Complexity: O(r log r + their edges) for r nodes in the result, independent of the size of the graph.
MLL_DECLARE [[nodiscard]] std::vector<relative> ancestors(const semantic_nodes& dag, node_id v);

/// All narrower meanings of `v`, by increasing distance, then id; `v` itself is left out.
///
/// Throws and complexity: as `ancestors`.
MLL_DECLARE [[nodiscard]] std::vector<relative> descendants(const semantic_nodes& dag, node_id v);

/// Whether `above` is a broader meaning of `v`; a node is not its own ancestor here.
///
/// Throws: `invalid_argument` if an argument is not a node of the graph.
/// Complexity: as `ancestors`.
MLL_DECLARE [[nodiscard]] bool is_ancestor(const semantic_nodes& dag, node_id above, node_id v);

/// The lowest common ancestors of two nodes, by increasing id: the common ancestors that have no other common
/// ancestor below them, where a node counts as its own ancestor. Empty if there is none; `{a}` if `a` is `b`
/// or an ancestor of it.
///
/// @code
/// const std::vector<mll::node_id> common = mll::lowest_common_ancestors(dag, dag.at("dog"), dag.at("cat"));
/// @endcode
///
/// Throws: `invalid_argument` if an argument is not a node of the graph.
/// Complexity: O(r log r) for r ancestors of the two and their edges.
MLL_DECLARE [[nodiscard]] std::vector<node_id> lowest_common_ancestors(const semantic_nodes& dag, node_id a,
                                                                       node_id b);

}  // namespace mll

#if !MLL_COMPILED
#include "mll/graph/detail/hierarchy.ipp"
#endif
