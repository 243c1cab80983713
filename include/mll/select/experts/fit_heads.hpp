// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include "mll/core/detail/compiled.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/experts/head_relevance.hpp"

namespace mll {

/// Options of `fit_heads`.
struct head_fit_options {
  std::size_t count = 3;    ///< heads per class
  double ridge = 15;        ///< strength of the pull towards the start, divided by the `evidence_strength`
  std::size_t sweeps = 15;  ///< passes of the fit over the classes
  relevance_options relevance = {};
};

/// Fits an ensemble of at most `count` heads per class: the heads of greatest `head_relevance`, in
/// `F_y = sum_h theta_h x_h + b_y` with coefficients that are not negative.
///
/// The coefficients of all classes are fitted together to the samples (class-balanced multinomial logistic
/// regression), with a ridge towards what relevance and a discriminant of each class alone suggest. The fewer
/// samples the classes have, the stronger the ridge: names decide where there are no samples, and samples
/// where there are many. Of heads with the same responses only the first is used. The general heads compete
/// with all others; a class without samples gets its general head alone, calibrated on the classes that have
/// samples.
///
/// @code
/// const mll::task_evidence evidence{labels, match, nullptr, &profile};
/// const mll::ensemble fitted = mll::fit_heads(backend, evidence, {.count = 3});
/// @endcode
///
/// Throws: `invalid_argument` for a count of 0. Complexity: that of `head_relevance`, plus O(sweeps rows
/// classes count^2). Determinism: the same on every backend.
MLL_DECLARE [[nodiscard]] ensemble fit_heads(exec::backend_ref backend, const task_evidence& evidence,
                                             const head_fit_options& options = {});

}  // namespace mll

#if !MLL_COMPILED
#include "mll/select/experts/detail/fit_heads.ipp"
#endif
