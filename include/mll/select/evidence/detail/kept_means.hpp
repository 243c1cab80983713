// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/select/evidence/evidence_of.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll::detail {

/// The rows of a node that a subset of the evidence leaves out, increasing.
[[nodiscard]] inline std::span<const std::size_t> left_out_of_node(const task_evidence& evidence,
                                                                   std::size_t node) {
  const auto rows = evidence.samples().rows_at(node);
  const auto all = evidence.left_out();
  const auto from = std::lower_bound(all.begin(), all.end(), rows.first);
  const auto to = std::lower_bound(from, all.end(), rows.first + rows.count);
  return {from, to};
}

/// `evidence_of`, without the nodes all of whose samples are left out.
MLL_LOCAL class_evidence kept_evidence(const task_evidence& evidence) {
  if (evidence.left_out().empty()) return evidence_of(evidence.match(), evidence.samples());
  task_match kept = evidence.match();
  const sample_layout& layout = evidence.samples();
  for (class_match& of_class : kept.classes) {
    std::erase_if(of_class.evidence, [&](const weighted_node& one) {
      const std::size_t at = layout.position(one.node);
      return at == layout.nodes().size() || left_out_of_node(evidence, at).size() == layout.rows_at(at).count;
    });
  }
  return evidence_of(kept, layout);
}

/// Turns mean responses to all samples of nodes into those to the samples that a subset keeps, from the codes
/// of the samples that it leaves out.
/// @param[in]     nodes     positions in the layout, each with a sample that is kept
/// @param[in]     positions of heads of the hub; empty: all
/// @param[in,out] means     `[nodes, positions]`
/// Complexity: O(samples of the nodes x positions), over the backend.
MLL_LOCAL void keep_means(exec::backend_ref backend, const task_evidence& evidence,
                          std::span<const std::uint32_t> nodes, std::span<const std::uint32_t> positions,
                          matrix<float>& means) {
  std::vector<node_samples> which;
  std::vector<std::size_t> changed;  // indices into nodes
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto rows = left_out_of_node(evidence, nodes[i]);
    if (rows.empty()) continue;
    const std::size_t first = evidence.samples().rows_at(nodes[i]).first;
    which.push_back({nodes[i], static_cast<std::uint32_t>(rows.back() - first + 1)});
    changed.push_back(i);
  }
  if (changed.empty()) return;
  std::array<double, 256> response{};
  for (std::size_t code = 0; code < response.size(); ++code)
    response[code] =
        static_cast<double>(numerics::sigmoid(log_odds_8bit::log_odds(static_cast<std::uint8_t>(code))));
  constexpr std::size_t block = 16;  // heads per call
  const std::size_t heads = static_cast<std::size_t>(means.cols());
  exec::for_each_index(backend, (heads + block - 1) / block, [&](std::size_t part) {
    std::vector<std::uint8_t> codes(sample_total(which));
    for (std::size_t h = part * block; h < std::min(heads, (part + 1) * block); ++h) {
      evidence.source().read_codes(positions.empty() ? h : positions[h], which, codes);
      std::size_t at = 0;
      for (std::size_t k = 0; k < which.size(); ++k) {
        const auto rows = evidence.samples().rows_at(which[k].node);
        const auto left_out = left_out_of_node(evidence, which[k].node);
        double sum = 0;
        for (const std::size_t row : left_out) sum += response[codes[at + row - rows.first]];
        const auto count = static_cast<double>(rows.count);
        float& mean = row_of(means, changed[k])[h];
        const double kept =
            (count * static_cast<double>(mean) - sum) / (count - static_cast<double>(left_out.size()));
        mean = static_cast<float>(std::clamp(kept, 0.0, 1.0));
        at += which[k].count;
      }
    }
  });
}

}  // namespace mll::detail
