// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/detail/cycle.hpp"
#include "mll/graph/lexicon.hpp"
#include "mll/graph/make_semantic_dag.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/graph/synset.hpp"

namespace mll::detail {

/// What readers of files find, before it is a graph of some type.
struct dag_parts {
  std::vector<synset> nodes;
  std::vector<std::pair<node_id, node_id>> edges;  ///< (child, parent)
  std::vector<std::size_t> lines;                  ///< of the edges, in `file`
  irregular_forms irregular = {};
  std::string file = {};
  std::string no_cycle = "no cycle";  ///< what an error about a cycle says was expected
};

/// Throws: `parse_error` with the line of the edge that closes the cycle.
MLL_LOCAL [[noreturn]] void refuse_cycle(const dag_parts& parts, const cycle_error& cycle) {
  throw parse_error{parts.file, parts.lines[closing_edge(cycle.nodes(), parts.edges)], parts.no_cycle,
                    cycle.text()};
}

/// The graph that was read. Throws: `parse_error` for a cycle.
template <semantic_graph Graph>
[[nodiscard]] semantic_dag<Graph> assemble(dag_parts parts) {
  try {
    return make_semantic_dag<Graph>(std::move(parts.nodes), parts.edges, parts.irregular);
  } catch (const cycle_error& cycle) {
    refuse_cycle(parts, cycle);
  }
}

}  // namespace mll::detail
