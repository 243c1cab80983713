// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/evidence/class_means.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/selection_method.hpp"
#include "mll/select/screen/screening.hpp"

namespace mll {

/// Baseline: per class the heads named after it or after a node below it, weighted by the name match;
/// responses are not used. A class without such a head gets the head with the best reuse score for it.
struct name_match {
  [[nodiscard]] static std::string name() { return "name_match"; }

  /// Throws: `invalid_argument` without a profile. Complexity: O(heads (matched nodes + classes)).
  template <exec::execution_backend Backend>
  [[nodiscard]] ensemble operator()(const Backend& backend, const task_evidence& evidence) const {
    if (evidence.profile() == nullptr) {
      throw invalid_argument{"profile", "a profile of the hub (mll::profile), in the options of select",
                             "none"};
    }
    const matrix<float> scores = reuse_scores(class_means(backend, evidence));
    ensemble_builder builder;
    for (std::size_t y = 0; y < evidence.class_count(); ++y) {
      const node_id node = evidence.match().classes[y].node;
      double total = 0;
      for (std::size_t h = 0; h < evidence.hub_head_count(); ++h)
        total += evidence.profile()->name_match(h, node);
      if (total == 0) {
        Eigen::Index best = 0;
        scores.row(static_cast<Eigen::Index>(y)).maxCoeff(&best);
        builder.add(y, static_cast<std::uint32_t>(best), {});
        continue;
      }
      for (std::size_t h = 0; h < evidence.hub_head_count(); ++h) {
        const double match = evidence.profile()->name_match(h, node);
        if (match > 0)
          builder.add(y, static_cast<std::uint32_t>(h), {.weight = static_cast<float>(match / total)});
      }
    }
    ensemble out = builder.finish(evidence);
    out.scale = vote_scale::probability;
    return out;
  }
};

static_assert(selection_method<name_match>);

}  // namespace mll
