// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/numerics.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/find/detail/concept_evidence.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/label/evidence.hpp"
#include "mll/label/model_labels.hpp"

namespace mll {

/// A node that a head may have been made for.
struct found_node {
  node_id node = {};
  double probability = 0;        ///< that the head was made for it, as in `found_head`; names do not count
  double auc = 0;                ///< of the node against every other node
  double response = 0;           ///< mean response to its samples, in [0, 1]
  std::size_t sample_count = 0;  ///< samples of the node and of narrower ones
};

/// Which nodes does a head know? Ranks every node with samples by the probability that the head was made for
/// it: the inverse of `find`.
///
/// @code
/// for (const mll::found_node& each : mll::find_nodes(backend, labels, graph, head))
///   std::cout << graph[each.node].id << ' ' << each.probability << '\n';
/// @endcode
///
/// @param[in] backend where to run; over the nodes
/// @param[in] labels  labels of the hub
/// @param[in] graph   the SDAG of the labels
/// @param[in] head    a head of the labels
/// @param[in] more    further nodes to consider, without samples of their own; samples of narrower nodes
///                    count
///
/// Throws: `invalid_argument` for labels of another graph or without this head. Complexity: O(nodes rows).
/// Determinism: the same on every backend; ties go to the lower node.
template <response_codec Codec, semantic_graph Graph>
[[nodiscard]] std::vector<found_node> find_nodes(exec::backend_ref backend,
                                                 const basic_model_labels<Codec>& labels,
                                                 const semantic_dag<Graph>& graph, head_id head,
                                                 std::span<const node_id> more = {}) {
  const sample_layout& samples = labels.samples();
  samples.require_graph("labels", graph);
  const auto* own = labels.find(head.model);
  if (own == nullptr || head.index >= own->heads.size())
    throw invalid_argument{"head", "a head of the labels",
                           own == nullptr ? "a model without a label"
                                          : "head " + std::to_string(head.index) + " of '" + own->name + "'"};
  detail::head_responses responses;
  responses.read(*own, head.index);
  std::vector<node_id> nodes(samples.nodes().begin(), samples.nodes().end());
  for (const node_id v : more) {
    if (v.valid() && !samples.contains(v)) nodes.push_back(v);
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  std::vector<found_node> out(nodes.size());
  exec::for_each_index(backend, nodes.size(), [&](std::size_t i) {
    const auto evidence = evidence_nodes(graph, samples, nodes[i]);
    const auto asked = detail::samples_of_concept(graph, samples, nodes[i], evidence);
    const auto found = detail::weigh_evidence(asked, samples, responses.bins, responses.means);
    out[i] = {nodes[i], numerics::sigmoid(found.log_odds), found.auc, found.response};
    for (const weighted_node& source : evidence) out[i].sample_count += samples.rows(source.node).count;
  });
  std::erase_if(out, [](const found_node& each) { return each.sample_count == 0; });
  std::stable_sort(out.begin(), out.end(),
                   [](const found_node& a, const found_node& b) { return a.probability > b.probability; });
  return out;
}

}  // namespace mll
