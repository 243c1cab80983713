// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

#include "mll/match/task/task_match.hpp"
#include "mll/select/evidence/evidence_reliability.hpp"
#include "mll/select/evidence/example.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll {

namespace detail {

[[nodiscard]] inline std::vector<double> effective_samples_of(const task_match& match,
                                                              std::span<const example> rows) {
  std::vector<double> out(match.classes.size(), 0);
  for (const example& row : rows)
    out[row.target.index()] += static_cast<double>(row.weight) * static_cast<double>(row.weight);
  for (std::size_t y = 0; y < out.size(); ++y) {
    if (out[y] == 0) continue;
    out[y] = 1 / out[y];
    if (match.classes[y].coverage == coverage::neighbour_samples) out[y] = std::min(out[y], 1.0);
  }
  return out;
}

[[nodiscard]] inline double strength_of(const task_match& match, std::span<const example> rows) {
  const std::vector<double> samples = effective_samples_of(match, rows);
  const double share = evidence_reliability(match);
  return std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size()) * share *
         share;
}

}  // namespace detail

/// Effective sample size per class, `1 / sum w^2` (Kish 1965); capped at 1 for a class with borrowed samples
/// only, 0 for a class without samples.
///
/// @return `[classes]`
/// Complexity: O(rows).
[[nodiscard]] inline std::vector<double> effective_samples(const task_evidence& evidence) {
  return detail::effective_samples_of(evidence.match(), evidence.rows());
}

/// How much there is to learn from: the mean of `effective_samples` over the classes, times the square of
/// `evidence_reliability`.
[[nodiscard]] inline double evidence_strength(const task_evidence& evidence) {
  return detail::strength_of(evidence.match(), evidence.rows());
}

/// The `evidence_strength` of the evidence that this is a subset of. A method that depends on the strength
/// decides by this one, so that cross-validation judges the method that is returned.
[[nodiscard]] inline double whole_evidence_strength(const task_evidence& evidence) {
  return detail::strength_of(evidence.match(), evidence.whole_rows());
}

}  // namespace mll
