// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/select/selection.hpp"

namespace mll {

/// Corrects the accuracy estimate of a selection by the probabilities of a batch of unlabelled samples of the
/// task. Where the classifier is less sure of them than of held-out representation samples, they differ from
/// these, and the estimate falls by the difference (difference of confidences, Guillory et al. 2021). It
/// never rises: being surer proves nothing.
///
/// @param[in] chosen        a selection with an estimate
/// @param[in] probabilities `[samples, classes]`: of the classifier of this selection
/// @return the estimate with accuracy and interval shifted; `confidence` is that of the batch
///
/// Throws: `invalid_argument` if the selection has no estimate, or the batch is empty or of another width.
/// Complexity: O(samples classes).
[[nodiscard]] inline accuracy_estimate estimate_on_batch(const selection& chosen,
                                                         const const_matrix_ref<float>& probabilities) {
  if (!chosen.estimate) throw invalid_argument{"chosen", "a selection with an estimate", "one without"};
  const auto classes = static_cast<Eigen::Index>(chosen.ensemble.votes.size());
  if (probabilities.rows() == 0 || probabilities.cols() != classes) {
    throw invalid_argument{
        "probabilities", "at least 1 row of " + std::to_string(classes) + " columns",
        "[" + std::to_string(probabilities.rows()) + ", " + std::to_string(probabilities.cols()) + "]"};
  }
  accuracy_estimate out = *chosen.estimate;
  double sum = 0;
  for (Eigen::Index i = 0; i < probabilities.rows(); ++i) {
    const float* const row = probabilities.data() + i * probabilities.outerStride();
    const auto* const bad = std::find_if_not(row, row + classes, [](float p) { return p >= 0 && p <= 1; });
    if (bad != row + classes) {
      throw invalid_argument{"probabilities", "probabilities in [0, 1]",
                             detail::number_text(*bad) + " in row " + std::to_string(i) + ", column " +
                                 std::to_string(bad - row)};
    }
    sum += static_cast<double>(*std::max_element(row, row + classes));
  }
  out.confidence = sum / static_cast<double>(probabilities.rows());
  const double shift = std::min(0.0, out.confidence - chosen.estimate->confidence);
  for (double* value : {&out.accuracy, &out.low, &out.high}) *value = std::max(0.0, *value + shift);
  return out;
}

}  // namespace mll
