// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/select/evidence/evidence_of.hpp"

namespace mll {

MLL_DEFINE class_evidence evidence_of(const task_match& match, const sample_layout& layout) {
  class_evidence out;
  for (const class_match& found : match.classes) {
    auto& nodes = out.emplace_back();
    double total = 0;
    std::vector<double> weights;
    for (const weighted_node& one : found.evidence) {
      const std::size_t at = layout.position(one.node);
      if (at == layout.nodes().size() || !(one.weight > 0)) continue;
      nodes.push_back({static_cast<std::uint32_t>(at), 0});
      weights.push_back(one.weight);
      total += one.weight;
    }
    std::size_t left = nodes.empty() ? 0 : 256;
    std::vector<double> remainder(nodes.size());
    std::vector<std::size_t> order(nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const double exact = 256 * weights[i] / total;
      nodes[i].weight = static_cast<std::uint16_t>(exact);
      remainder[i] = exact - nodes[i].weight;
      left -= std::min<std::size_t>(left, nodes[i].weight);
      order[i] = i;
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return remainder[a] > remainder[b]; });
    for (std::size_t i = 0; i < left; ++i) ++nodes[order[i % order.size()]].weight;
    std::erase_if(nodes, [](const weighted_position& one) { return one.weight == 0; });
    std::sort(nodes.begin(), nodes.end(),
              [](const weighted_position& a, const weighted_position& b) { return a.node < b.node; });
  }
  return out;
}

}  // namespace mll
