// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

#include "mll/core/detail/compiled.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/select/selection.hpp"

namespace mll {

/// A selection as Graphviz text, for `dot -Tsvg`: the matched nodes with all their ancestors, each class at
/// its node, and the chosen heads at their class. The width of a line is the weight of the head.
///
/// @param[in] chosen the selection
/// @param[in] graph  the graph that its classes were matched to
/// Throws: `invalid_argument` if the classes were matched to another graph.
/// Complexity: O(ancestors of the matched nodes + votes).
///
/// @code
/// std::ofstream{"task.dot"} << mll::to_graphviz(chosen, graph);  // dot -Tsvg task.dot > task.svg
/// @endcode
MLL_DECLARE [[nodiscard]] std::string to_graphviz(const selection& chosen, const semantic_nodes& graph);

}  // namespace mll

#if !MLL_COMPILED
#include "mll/report/detail/graphviz.ipp"
#endif
