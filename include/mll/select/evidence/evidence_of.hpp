// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/label/sample_layout.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/select/evidence/class_evidence.hpp"

namespace mll {

/// The weights of the nodes of each class as whole 256ths, by largest remainder, so that a mean over them is
/// exact in `float`; a node with less than half a 256th may lose its say.
///
/// Nodes without samples are left out. Ties go to the earlier node. Complexity: O(nodes log nodes) a class.
[[nodiscard]] inline class_evidence evidence_of(const task_match& match, const sample_layout& layout) {
  class_evidence out;
  for (const class_match& found : match.classes) {
    auto& sources = out.emplace_back();
    double total = 0;
    std::vector<double> weights;
    for (const weighted_node& source : found.evidence) {
      const std::size_t at = layout.position(source.node);
      if (at == layout.nodes().size() || !(source.weight > 0)) continue;
      sources.push_back({static_cast<std::uint32_t>(at), 0});
      weights.push_back(source.weight);
      total += source.weight;
    }
    std::size_t left = sources.empty() ? 0 : 256;
    std::vector<double> remainder(sources.size());
    std::vector<std::size_t> order(sources.size());
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const double exact = 256 * weights[i] / total;
      sources[i].weight = static_cast<std::uint16_t>(exact);
      remainder[i] = exact - sources[i].weight;
      left -= std::min<std::size_t>(left, sources[i].weight);
      order[i] = i;
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return remainder[a] > remainder[b]; });
    for (std::size_t i = 0; i < left; ++i) ++sources[order[i % order.size()]].weight;
    std::erase_if(sources, [](const weighted_position& source) { return source.weight == 0; });
    std::sort(sources.begin(), sources.end(),
              [](const weighted_position& a, const weighted_position& b) { return a.node < b.node; });
  }
  return out;
}

}  // namespace mll
