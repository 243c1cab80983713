// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/numerics.hpp"
#include "mll/label/general_model_labels.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/profile/hub_profile.hpp"

namespace mll::detail {

/// A hub as if some samples, and all samples of some nodes, had never been labelled.
struct pseudo_hub {
  model_labels labels;
  std::optional<general_model_labels> general;
  hub_profile profile;
  hub_profile nameless;  ///< the same for a hub with meaningless head names
};

/// A task whose samples are representation samples that a `pseudo_hub` lacks.
struct pseudo_task {
  task_match match;
  std::vector<node_id> tested = {};  ///< per class, the node whose samples are tested
  bool is_nameless = false;
  std::size_t number = 0;
};

/// Labels without the first samples of each node.
/// @param[in] dropped per node of the layout; as many as it has drops the node
MLL_LOCAL model_labels without_first(const model_labels& labels, std::span<const std::size_t> dropped) {
  const sample_layout& from = labels.samples();
  std::vector<node_id> nodes;
  std::vector<std::size_t> counts;
  std::vector<std::size_t> rows;  // of the layout before
  for (std::size_t at = 0; at < from.nodes().size(); ++at) {
    const auto range = from.rows_at(at);
    if (dropped[at] >= range.count) continue;
    nodes.push_back(from.nodes()[at]);
    counts.push_back(range.count - dropped[at]);
    for (std::size_t r = range.first + dropped[at]; r < range.first + range.count; ++r) rows.push_back(r);
  }
  model_labels out{sample_layout{std::move(nodes), counts, from.graph()}};
  const sample_layout& to = out.samples();
  for (const auto& label : labels.models()) {
    basic_model_label<log_odds_8bit> kept{label.model, label.name, label.heads, {}, {}};
    const std::size_t width = label.heads.size();
    kept.responses.resize(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(width));
    kept.mean = zeros<float>(to.nodes().size(), width);
    for (std::size_t at = 0; at < to.nodes().size(); ++at) {
      const auto range = to.rows_at(at);
      std::vector<double> sum(width, 0);
      for (std::size_t r = range.first; r < range.first + range.count; ++r) {
        const auto source = row_of(label.responses, rows[r]);
        const auto target = row_of(kept.responses, r);
        for (std::size_t h = 0; h < width; ++h) {
          target[h] = source[h];
          sum[h] += static_cast<double>(numerics::sigmoid(log_odds_8bit::log_odds(source[h])));
        }
      }
      for (std::size_t h = 0; h < width; ++h)
        row_of(kept.mean, at)[h] = static_cast<float>(sum[h] / static_cast<double>(range.count));
    }
    out.insert(std::move(kept));
  }
  return out;
}

/// The same for a general model.
MLL_LOCAL general_model_labels without_first(const general_model_labels& general, const sample_layout& from,
                                             const sample_layout& to, std::span<const std::size_t> dropped) {
  general_model_labels out;
  out.embeddings.resize(static_cast<Eigen::Index>(to.row_count()), general.embeddings.cols());
  out.node_texts.resize(static_cast<Eigen::Index>(to.nodes().size()), general.node_texts.cols());
  out.samples = to.fingerprint();
  std::size_t row = 0;
  std::size_t node = 0;
  for (std::size_t at = 0; at < from.nodes().size(); ++at) {
    const auto range = from.rows_at(at);
    if (dropped[at] >= range.count) continue;
    for (std::size_t r = range.first + dropped[at]; r < range.first + range.count; ++r, ++row)
      out.embeddings.row(static_cast<Eigen::Index>(row)) =
          general.embeddings.row(static_cast<Eigen::Index>(r));
    out.node_texts.row(static_cast<Eigen::Index>(node++)) =
        general.node_texts.row(static_cast<Eigen::Index>(at));
  }
  return out;
}

}  // namespace mll::detail
