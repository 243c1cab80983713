// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/numerics.hpp"
#include "mll/graph/hierarchy.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/label/evidence.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"

namespace mll::detail {

/// The sampled nodes as one concept sees them: those that show it, and its rivals. Ancestors are neither.
struct concept_samples {
  struct part {
    std::size_t node;  // position in the layout
    double weight;     // of all its samples together; sums to 1
  };
  std::vector<part> own;
  std::vector<std::size_t> rivals;
};

template <semantic_graph Graph>
concept_samples samples_of_concept(const semantic_dag<Graph>& graph, const sample_layout& samples, node_id v,
                                   std::span<const weighted_node> evidence) {
  concept_samples out;
  std::vector<bool> rival(samples.nodes().size(), true);
  double total = 0;
  for (const weighted_node& source : evidence) {
    out.own.push_back({samples.position(source.node), source.weight});
    rival[out.own.back().node] = false;
    total += source.weight;
  }
  for (auto& each : out.own) each.weight /= total;
  for (const relative& above : ancestors(graph, v)) {
    if (const std::size_t at = samples.position(above.node); at != rival.size()) rival[at] = false;
  }
  for (std::size_t u = 0; u < rival.size(); ++u) {
    if (rival[u]) out.rivals.push_back(u);
  }
  return out;
}

/// What the responses of a head say about a concept.
struct concept_evidence {
  double log_odds = 0;  // that the head was made for the concept
  double auc = 0.5;
  double response = 0;
  std::size_t rival = 0;  // position in the layout; only with rivals
};

/// The log-odds that a head was made for a concept before its responses are seen: it may have been made for
/// any of the nodes, or for something that is not in the graph.
inline double prior_log_odds(const concept_samples& asked) {
  return -std::log(static_cast<double>(asked.rivals.size() + 1)) - 1;
}

/// Weighs the responses of a head as evidence for a concept.
///
/// With D_u the probability that a sample of the concept gets a higher response than one of node u, and z the
/// mean response in standard deviations over the nodes:
///
///     log odds = prior - log(mean_u odds(D_u)^-2) / 2 + log(max(z, 0) + 0.3)
///
/// odds(D) = (D + 0.02) / (1.02 - D). The second term is a soft minimum: one node that the head cannot tell
/// from the concept counts more than many that it can. Slope and offset were fitted to the names of the heads
/// of two hubs: 1.0 to 1.1 on both, and an offset that follows the number of nodes.
///
/// @param[in] bins  `[rows]`: responses on the grid of `log_odds_8bit`
/// @param[in] means `[nodes]`: mean responses
/// Complexity: O(rows).
MLL_DECLARE [[nodiscard]] concept_evidence weigh_evidence(const concept_samples& asked,
                                                          const sample_layout& samples,
                                                          std::span<const std::uint8_t> bins,
                                                          std::span<const float> means);

/// The responses of a head on the grid of `log_odds_8bit`, and its mean responses.
struct head_responses {
  std::vector<std::uint8_t> bins;  // [rows]
  std::vector<float> means;        // [nodes]

  template <response_codec Codec>
  void read(const basic_model_label<Codec>& label, std::size_t head) {
    const auto column = static_cast<Eigen::Index>(head);
    bins.resize(static_cast<std::size_t>(label.responses.rows()));
    for (std::size_t r = 0; r < bins.size(); ++r) {
      const auto value = label.responses(static_cast<Eigen::Index>(r), column);
      if constexpr (std::is_same_v<Codec, log_odds_8bit>) {
        bins[r] = value;
      } else {
        const float place = (Codec::log_odds(value) + numerics::max_log_odds) / log_odds_8bit::step;
        bins[r] = static_cast<std::uint8_t>(std::lround(std::clamp(place, 0.0F, 255.0F)));
      }
    }
    means.resize(static_cast<std::size_t>(label.mean.rows()));
    for (std::size_t v = 0; v < means.size(); ++v)
      means[v] = label.mean(static_cast<Eigen::Index>(v), column);
  }
};

}  // namespace mll::detail

#if !MLL_COMPILED
#include "mll/find/detail/concept_evidence.ipp"
#endif
