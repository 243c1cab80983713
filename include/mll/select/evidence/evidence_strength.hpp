// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "mll/match/task/task_match.hpp"
#include "mll/select/evidence/evidence_reliability.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll {

/// How many samples of equal weight would say as much about each class as its weighted samples do (Kish
/// 1965): `1 / sum w^2`; at most 1 for a class with samples of similar nodes only, 0 for one with none.
///
/// Complexity: O(rows).
[[nodiscard]] inline std::vector<double> effective_samples(const task_evidence& evidence) {
  std::vector<double> out(evidence.class_count(), 0);
  for (const example& row : evidence.rows())
    out[row.target.index()] += static_cast<double>(row.weight) * static_cast<double>(row.weight);
  for (std::size_t y = 0; y < out.size(); ++y) {
    if (out[y] == 0) continue;
    out[y] = 1 / out[y];
    if (evidence.match().classes[y].coverage == coverage::neighbour_samples) out[y] = std::min(out[y], 1.0);
  }
  return out;
}

/// One number for how much there is to learn from: the mean over the classes of their effective samples,
/// times the square of `evidence_reliability`.
[[nodiscard]] inline double evidence_strength(const task_evidence& evidence) {
  const std::vector<double> samples = effective_samples(evidence);
  const double share = evidence_reliability(evidence.match());
  return std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size()) * share *
         share;
}

}  // namespace mll
