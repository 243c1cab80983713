// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "mll/match/task/task_match.hpp"

namespace mll {

/// Reliability of the evidence for a task, in [0.1, 1]: the mean over the classes of 1 for samples of the
/// matched node, 0.5 for samples of its descendants, 0.1 for borrowed samples or none.
[[nodiscard]] inline double evidence_reliability(const task_match& match) {
  double sum = 0;
  for (const class_match& found : match.classes) {
    sum += found.coverage == coverage::own_samples          ? 1.0
           : found.coverage == coverage::descendant_samples ? 0.5
                                                            : 0.1;
  }
  return sum / static_cast<double>(match.classes.size());
}

}  // namespace mll
