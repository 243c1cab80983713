// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mll/exec/backend.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/evidence/class_means.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/selection_method.hpp"
#include "mll/select/screen/screening.hpp"

namespace mll {

/// Baseline: each head votes for the class that it responds to most; the votes of a class have equal weights.
/// A class without votes gets the head with the best reuse score for it.
struct uniform_average {
  [[nodiscard]] static std::string name() { return "uniform_average"; }

  /// Complexity: O(heads (matched nodes + classes)).
  template <exec::execution_backend Backend>
  [[nodiscard]] ensemble operator()(const Backend& backend, const task_evidence& evidence) const {
    const matrix<float> scores = reuse_scores(class_means(backend, evidence));
    std::vector<std::vector<std::uint32_t>> voters(evidence.class_count());
    for (Eigen::Index h = 0; h < scores.cols(); ++h) {
      Eigen::Index best = 0;
      if (scores.col(h).maxCoeff(&best) > 0)
        voters[static_cast<std::size_t>(best)].push_back(static_cast<std::uint32_t>(h));
    }
    ensemble_builder builder;
    for (std::size_t y = 0; y < voters.size(); ++y) {
      if (voters[y].empty()) {
        Eigen::Index best = 0;
        scores.row(static_cast<Eigen::Index>(y)).maxCoeff(&best);
        voters[y].push_back(static_cast<std::uint32_t>(best));
      }
      for (const std::uint32_t head : voters[y])
        builder.add(y, head, {.weight = 1.0F / static_cast<float>(voters[y].size())});
    }
    ensemble out = builder.finish(evidence);
    out.scale = vote_scale::probability;
    return out;
  }
};

static_assert(selection_method<uniform_average>);

}  // namespace mll
