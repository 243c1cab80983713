// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <span>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/example.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll::detail {

/// The factor of class scores with the greatest class-balanced log-likelihood, within [1/limit, limit]; 1
/// without rows. Found by golden-section search on its logarithm, which needs no derivative and cannot
/// diverge.
///
/// @param[in] scores `[rows, classes]`
/// Complexity: O(rows classes), about fifteen passes over the backend. Determinism: the same on every
/// backend.
MLL_DECLARE [[nodiscard]] double best_temperature(exec::backend_ref backend, const matrix<float>& scores,
                                                  std::span<const example> rows, double limit = 8);

/// Sets the temperature of an ensemble of votes to the best one on the evidence. The predicted classes stay
/// the same; their probabilities change.
MLL_DECLARE void fit_temperature(exec::backend_ref backend, const task_evidence& evidence, ensemble& fitted);

}  // namespace mll::detail

#if !MLL_COMPILED
#include "mll/select/ensemble/detail/fit_temperature.ipp"
#endif
