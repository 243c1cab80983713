// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "mll/core/detail/compiled.hpp"
#include "mll/reuse/batch_responses.hpp"
#include "mll/select/selection.hpp"

namespace mll {

/// Adapts a selection to samples from elsewhere, by a batch of them without labels.
///
/// How far the samples are from the representation samples is measured by the fall d of `cot` (see
/// `estimate_on_batch`) below the cross-validated accuracy, in log-odds. Then
///
/// - the general discriminant counts `1 + 3 clamp(d, 0, 1.5)` times, if on the batch it is surer than the
///   votes (each calibrated where it was cross-validated): the general model has seen more of the world;
/// - scores become `(1 - m) F + 1.5 m N`, with `m = clamp((d - .75) / 1.5, 0, 1)` times the squared share of
///   the classes with named heads. N is, per class, the mean of the responses of the heads named after it,
///   weighted by name match and by the squared agreement (Cohen's kappa, three rounds) of their expert with
///   the other named experts on the batch: where representation samples mislead, experts that are right agree
///   with each other (Dawid and Skene 1979 use the same signal).
///
/// Samples like the representation samples change little or nothing.
///
/// @code
/// const mll::batch_responses batch = classifier.respond(backend, std::span{texts});  // unlabelled
/// const mll::selection adapted = mll::adapt(classifier.source(), batch);
/// @endcode
///
/// @param[in] chosen a selection with an estimate, from `chco` with a profile; others are returned unchanged
/// @param[in] batch  responses to at least one sample (`zero_shot_classifier::respond`)
/// @return the selection with another ensemble of the same heads; estimate and reasons are those of `chosen`
///
/// Throws: `invalid_argument` if the batch is empty or of other heads. Complexity: that of
/// `estimate_on_batch`, plus O(samples named heads classes). Deterministic.
MLL_DECLARE [[nodiscard]] selection adapt(const selection& chosen, const batch_responses& batch);

}  // namespace mll

#if !MLL_COMPILED
#include "mll/reuse/detail/adapt.ipp"
#endif
