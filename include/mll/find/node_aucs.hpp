// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/core/detail/roc_area.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/find/detail/concept_evidence.hpp"
#include "mll/label/model_labels.hpp"

namespace mll {

/// The area under the ROC curve of every head for every node: the probability that a sample of the node gets
/// a higher response than any other sample, ties counting half.
///
/// @code
/// const mll::matrix<float> aucs = mll::node_aucs(backend, labels);  // [nodes, heads]
/// const Eigen::VectorXf best = aucs.rowwise().maxCoeff();           // how well each node is known
/// @endcode
///
/// @param[in] backend where to run; over the models
/// @param[in] labels  labels of the hub
/// @return `[nodes, heads]`, nodes in the order of the layout; 0.5 if there is only one node
///
/// Complexity: O(heads (rows + 256 nodes)). Determinism: the same on every backend.
template <response_codec Codec>
[[nodiscard]] matrix<float> node_aucs(exec::backend_ref backend, const basic_model_labels<Codec>& labels) {
  constexpr std::size_t bins = 256;
  const sample_layout& samples = labels.samples();
  const std::size_t nodes = samples.nodes().size();
  std::vector<std::size_t> first{0};
  for (const auto& label : labels.models()) first.push_back(first.back() + label.heads.size());
  matrix<float> out(static_cast<Eigen::Index>(nodes), static_cast<Eigen::Index>(first.back()));
  exec::for_each_index(backend, labels.models().size(), [&](std::size_t m) {
    detail::head_responses responses;
    for (std::size_t h = 0; h < labels.models()[m].heads.size(); ++h) {
      responses.read(labels.models()[m], h);
      std::array<double, bins> all{};
      for (const std::uint8_t bin : responses.bins) ++all[bin];
      for (std::size_t v = 0; v < nodes; ++v) {
        const auto rows = samples.rows_at(v);
        std::array<double, bins> own{};
        for (std::size_t r = rows.first; r < rows.first + rows.count; ++r) ++own[responses.bins[r]];
        detail::roc_area area;
        for (std::size_t bin = 0; bin < bins; ++bin) area.add(own[bin], all[bin] - own[bin]);
        out(static_cast<Eigen::Index>(v), static_cast<Eigen::Index>(first[m] + h)) =
            static_cast<float>(area.value());
      }
    }
  });
  return out;
}

}  // namespace mll
