// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "mll/match/task/task_match.hpp"

namespace mll {

/// How far what the samples of a task say can be trusted: the mean over the classes of 1 for own samples, 0.5
/// for those of narrower nodes, 0.1 for those of similar nodes or none.
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
