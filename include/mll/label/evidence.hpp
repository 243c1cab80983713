// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/label/weighted_node.hpp"

namespace mll {

/// How evidence is passed from descendants to ancestors.
struct evidence_options {
  /// Factor per edge, in [0, 1]; 0 = own samples only.
  double discount = 0.5;
};

/// The nodes whose samples are evidence for a node: the node itself with weight 1, and its descendants with
/// weight `discount^distance`, the length of the shortest path: a convertible is a car. Parents are not
/// evidence for their children.
///
/// @code
/// for (const mll::weighted_node& source : mll::evidence_nodes(graph, labels.samples(), graph.at("dog")))
///   std::cout << graph[source.node].id << ": " << source.weight << '\n';
/// @endcode
///
/// @param[in] graph   the SDAG
/// @param[in] samples which nodes have samples
/// @param[in] v       the node
/// @return nodes with samples, by increasing id, with weights in (0, 1] that need not sum to 1; empty if
///         neither v nor a descendant has samples
///
/// Throws: `invalid_argument` if v is not a node of the graph, the samples belong to another graph, or the
/// discount is out of range.
/// Complexity: O(size of the graph / 64 + edges below v).
MLL_DECLARE [[nodiscard]] std::vector<weighted_node> evidence_nodes(const semantic_nodes& graph,
                                                                    const sample_layout& samples, node_id v,
                                                                    const evidence_options& options = {});

}  // namespace mll

#if !MLL_COMPILED
#include "mll/label/detail/evidence.ipp"
#endif
