// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <span>

#include "mll/core/detail/compiled.hpp"
#include "mll/reuse/shift/shift_observation.hpp"
#include "mll/select/estimate/shift_fit.hpp"

namespace mll {

/// Fits how the accuracy on a batch follows from what the batch shows.
///
/// Coefficients minimise `mean (p - accuracy)^2 + ridge sum_k v_k (c_k - c0_k)^2` with those of `prior` as
/// c0. The mean gives undistorted batches together as much weight as all distorted ones. `v_k` is the
/// variance of a regressor within tasks plus, times the batches per task, that between tasks, because batches
/// of one task share most of it. The ridge is the one with the least error when tasks and distortions are
/// left out (with fewer than three distortions, tasks only).
///
/// The spread maximises the likelihood of the errors left out. The interval holds for nine in ten of them, of
/// adapted selections as of others, by spreads that were fitted to other tasks.
/// The range before a batch is seen, `fall`, is the median and the 5 % and 95 % quantiles of the fall of
/// log-odds below the predicted accuracy, over distorted batches.
///
/// @param[in] observed at least 20, of at least two distortions or tasks
/// @param[in] prior    what the fit falls back to with little data
///
/// Throws: `invalid_argument` for fewer observations. Complexity: linear in the observations. Deterministic.
MLL_DECLARE [[nodiscard]] shift_fit fit_shift(std::span<const shift_observation> observed,
                                              const shift_fit& prior = {});

}  // namespace mll

#if !MLL_COMPILED
#include "mll/reuse/shift/detail/fit_shift.ipp"
#endif
