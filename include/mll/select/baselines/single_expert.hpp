// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "mll/core/matrix.hpp"
#include "mll/exec/backend.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/evidence/class_means.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/selection_method.hpp"
#include "mll/select/screen/screening.hpp"

namespace mll {

/// Baseline: the best single expert. It scores each class by its head with the best reuse score; the expert
/// with the greatest macro accuracy on the representation samples wins, ties go to the first.
struct single_expert {
  [[nodiscard]] static std::string name() { return "single_expert"; }

  /// Complexity: O(heads (matched nodes + classes) + experts rows classes).
  template <exec::execution_backend Backend>
  [[nodiscard]] ensemble operator()(const Backend& backend, const task_evidence& evidence) const {
    const matrix<float> scores = reuse_scores(class_means(backend, evidence));
    ensemble best;
    double best_accuracy = -std::numeric_limits<double>::infinity();
    for (std::size_t first = 0; first < evidence.heads().size(); first += evidence.model_width(first)) {
      ensemble_builder builder;
      const auto width = static_cast<Eigen::Index>(evidence.model_width(first));
      for (std::size_t y = 0; y < evidence.class_count(); ++y) {
        Eigen::Index head = 0;
        scores.row(static_cast<Eigen::Index>(y))
            .segment(static_cast<Eigen::Index>(first), width)
            .maxCoeff(&head);
        builder.add(y, static_cast<std::uint32_t>(first + static_cast<std::size_t>(head)), {});
      }
      ensemble candidate = builder.finish(evidence);
      candidate.scale = vote_scale::probability;
      const matrix<float> answers = detail::answer_rows(backend, evidence, candidate);
      double accuracy = 0;
      for (std::size_t i = 0; i < evidence.rows().size(); ++i) {
        Eigen::Index top = 0;
        answers.row(static_cast<Eigen::Index>(i)).maxCoeff(&top);
        const example& row = evidence.rows()[i];
        if (static_cast<std::size_t>(top) == row.target.index()) accuracy += static_cast<double>(row.weight);
      }
      if (accuracy > best_accuracy) {
        best_accuracy = accuracy;
        best = std::move(candidate);
      }
    }
    return best;
  }
};

static_assert(selection_method<single_expert>);

}  // namespace mll
