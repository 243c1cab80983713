// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/label/evidence.hpp"
#include "mll/label/sample_layout.hpp"

namespace mll {

MLL_DEFINE std::vector<weighted_node> evidence_nodes(const semantic_nodes& graph,
                                                     const sample_layout& samples, node_id v,
                                                     const evidence_options& options) {
  if (!(options.discount >= 0 && options.discount <= 1)) {
    throw invalid_argument{"discount", "a number in [0, 1]", detail::number_text(options.discount)};
  }
  if (!(v.index() < graph.size())) {
    throw invalid_argument{"v", "a node of the graph, below " + std::to_string(graph.size()),
                           v.valid() ? std::to_string(v.value()) : "an invalid id"};
  }
  samples.require_graph("samples", graph);
  std::vector<weighted_node> out;
  if (samples.contains(v)) out.push_back({v, 1});
  if (options.discount == 0) return out;
  std::vector<bool> reached(graph.size(), false);
  std::vector<node_id> level{v};  // breadth first: a node is first reached along a shortest path
  std::vector<node_id> below;
  for (double weight = options.discount; !level.empty(); weight *= options.discount) {
    below.clear();
    for (const node_id parent : level) {
      for (const node_id child : graph.children(parent)) {
        if (reached[child.index()]) continue;
        reached[child.index()] = true;
        below.push_back(child);
        if (samples.contains(child)) out.push_back({child, weight});
      }
    }
    level.swap(below);
  }
  std::sort(out.begin(), out.end(),
            [](const weighted_node& a, const weighted_node& b) { return a.node < b.node; });
  return out;
}

}  // namespace mll
