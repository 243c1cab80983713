// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/matrix.hpp"
#include "mll/reuse/batch_responses.hpp"
#include "mll/select/estimate/accuracy_estimate.hpp"
#include "mll/select/estimate/shift_fit.hpp"
#include "mll/select/selection.hpp"

namespace mll {

/// Options of `estimate_on_batch`.
struct batch_options {
  /// Expected share of each class among the samples of the batch, `[classes]`, summing to 1; empty: equal
  /// shares. Where the shares are far from equal, the estimate is off without them.
  std::vector<double> prior = {};
  /// How the accuracy follows from what the batch shows; empty: `selection::shift`.
  std::optional<shift_fit> fit = {};
};

/// Estimates the accuracy of a selection on samples like those of a batch, without labels.
///
/// Confidence where it was cross-validated, corrected by two signs of samples from elsewhere. First, the mean
/// probability of the answers under the best assignment of the samples to the classes with `ceil(n / C)`
/// places per class (of at most 600 samples), which a classifier that answers one class too often cannot keep
/// up (Lu et al. 2023). Second, the agreement of the votes with the general discriminant, relative to their
/// agreement on held-out samples: sources with different weaknesses stop agreeing where they stop being
/// right.
///
/// @code
/// const mll::batch_responses batch = classifier.respond(backend, std::span{texts});  // unlabelled
/// const mll::accuracy_estimate here = mll::estimate_on_batch(chosen, batch);
/// std::cout << here.accuracy << " [" << here.low << ", " << here.high << "]\n";
/// @endcode
///
/// @param[in] chosen a selection with an estimate
/// @param[in] batch  responses to at least one sample (`zero_shot_classifier::respond`)
/// @return the estimate of `chosen` with accuracy, interval (level .9), confidence and world of the batch;
///         unknown, with the reason, if that of `chosen` is
///
/// Throws: `invalid_argument` if the selection has no estimate, the batch is empty or of other heads, or the
/// prior is not one. Complexity: that of `combine`, plus O(600 (600 classes + classes^2)). Deterministic; of
/// more than 600 samples, evenly spaced ones are assigned.
MLL_DECLARE [[nodiscard]] accuracy_estimate estimate_on_batch(const selection& chosen,
                                                              const batch_responses& batch,
                                                              const batch_options& options = {});

/// The same from probabilities alone: without the agreement of the sources.
/// @param[in] probabilities `[samples, classes]`: of the classifier of this selection
MLL_DECLARE [[nodiscard]] accuracy_estimate estimate_on_batch(const selection& chosen,
                                                              const const_matrix_ref<float>& probabilities,
                                                              const batch_options& options = {});

}  // namespace mll

#if !MLL_COMPILED
#include "mll/reuse/detail/estimate_on_batch.ipp"
#endif
