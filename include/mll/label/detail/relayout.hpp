// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/sample_layout.hpp"

namespace mll::detail {

/// A label in the shape of a layout: responses uninitialised, means 0.
template <response_codec Codec>
[[nodiscard]] basic_model_label<Codec> blank_label(model_id model, std::string name,
                                                   std::vector<std::string> heads,
                                                   const sample_layout& samples) {
  const auto rows = static_cast<Eigen::Index>(samples.row_count());
  const auto nodes = static_cast<Eigen::Index>(samples.nodes().size());
  const auto width = static_cast<Eigen::Index>(heads.size());
  basic_model_label<Codec> out{model, std::move(name), std::move(heads), {}, {}};
  out.responses.resize(rows, width);
  out.mean.setZero(nodes, width);
  return out;
}

/// The label for another layout: copies, for each node in both, the rows that both have and the mean. The
/// other rows are left uninitialised.
template <response_codec Codec>
[[nodiscard]] basic_model_label<Codec> relayout(const basic_model_label<Codec>& label,
                                                const sample_layout& from, const sample_layout& to) {
  auto out = blank_label<Codec>(label.model, label.name, label.heads, to);
  out.fingerprint = label.fingerprint;
  for (std::size_t position = 0; position < to.nodes().size(); ++position) {
    const std::size_t before = from.position(to.nodes()[position]);
    if (before == from.nodes().size()) continue;
    const auto source = from.rows_at(before);
    const auto target = to.rows_at(position);
    const auto count = static_cast<Eigen::Index>(std::min(source.count, target.count));
    out.responses.middleRows(static_cast<Eigen::Index>(target.first), count) =
        label.responses.middleRows(static_cast<Eigen::Index>(source.first), count);
    out.mean.row(static_cast<Eigen::Index>(position)) = label.mean.row(static_cast<Eigen::Index>(before));
  }
  return out;
}

/// The layout of the first `counts[position]` samples per node; without nodes that have none.
[[nodiscard]] inline sample_layout shortened(const sample_layout& samples,
                                             std::span<const std::size_t> counts) {
  std::vector<node_id> nodes;
  std::vector<std::size_t> kept;
  for (std::size_t position = 0; position < counts.size(); ++position) {
    if (counts[position] == 0) continue;
    nodes.push_back(samples.nodes()[position]);
    kept.push_back(counts[position]);
  }
  return sample_layout{std::move(nodes), kept, samples.graph()};
}

}  // namespace mll::detail
