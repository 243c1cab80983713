// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <span>

#include "mll/core/detail/compiled.hpp"
#include "mll/reuse/shift/shift_observation.hpp"
#include "mll/select/estimate/shift_fit.hpp"

namespace mll {

/// Fits how the accuracy on a batch follows from what the batch shows.
///
/// Coefficients minimise `mean (p - accuracy)^2 + ridge sum_k (sd_k (c_k - c0_k))^2` with those of `prior` as
/// c0 and the standard deviations sd of the regressors; the ridge is chosen by cross-validation over the
/// distortions (over the tasks, with fewer than three), and over the tasks, so that the error
/// beyond what was seen counts. The spread maximises the likelihood of the errors on distortions left out;
/// the interval holds for nine in ten of them. The range beforehand, `fall`, is the median and the 5 % and 95
/// % quantiles of the fall of log-odds below what was promised, over distorted batches.
///
/// @param[in] observed at least 20, of at least two distortions or tasks
/// @param[in] prior    what little data fall back to
///
/// Throws: `invalid_argument` for fewer observations. Complexity: linear in the observations. Deterministic.
MLL_DECLARE [[nodiscard]] shift_fit fit_shift(std::span<const shift_observation> observed,
                                              const shift_fit& prior = {});

}  // namespace mll

#if !MLL_COMPILED
#include "mll/reuse/shift/detail/fit_shift.ipp"
#endif
