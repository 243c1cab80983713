// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "mll/core/error.hpp"
#include "mll/label/evidence.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"

namespace mll {

/// What a head answered on the samples of several nodes, each sample with the weight of its node.
struct weighted_statistics {
  double weight = 0;    ///< sum of the weights of the samples; 0 = nothing is known and the rest is 0
  double mean = 0;      ///< weighted mean response
  double variance = 0;  ///< weighted mean of squared deviations from it
  double hit_rate = 0;  ///< weighted share of hits
};

/// Statistics of one head over weighted nodes, from the node statistics alone.
///
/// @param[in] label   label of the model
/// @param[in] samples layout of that label
/// @param[in] head    column of the label
/// @param[in] nodes   what `evidence_nodes` gave; nodes without samples count for nothing
///
/// Throws: `invalid_argument` if the model has no such head.
/// Complexity: O(nodes log(nodes of the layout)).
template <response_codec Codec>
[[nodiscard]] weighted_statistics pooled_statistics(const basic_model_label<Codec>& label,
                                                    const sample_layout& samples, std::size_t head,
                                                    std::span<const weighted_node> nodes) {
  if (head >= label.heads.size()) {
    throw invalid_argument{"head",
                           "a head of '" + label.name + "', below " + std::to_string(label.heads.size()),
                           std::to_string(head)};
  }
  const auto column = static_cast<Eigen::Index>(head);
  weighted_statistics out;
  double squares = 0;
  for (const auto& [node, weight] : nodes) {
    const std::size_t position = samples.position(node);
    if (position == samples.nodes().size() || !(weight > 0)) continue;
    const auto row = static_cast<Eigen::Index>(position);
    const double added = weight * static_cast<double>(samples.rows_at(position).count);
    const double delta = double{label.mean(row, column)} - out.mean;
    const double total = out.weight + added;
    squares += weight * double{label.m2(row, column)} + delta * delta * out.weight * added / total;
    out.mean += delta * added / total;
    out.hit_rate += (double{label.hit_rate(row, column)} - out.hit_rate) * added / total;
    out.weight = total;
  }
  if (out.weight > 0) out.variance = squares / out.weight;
  return out;
}

}  // namespace mll
