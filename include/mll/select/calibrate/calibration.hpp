// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <span>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/select/calibrate/logistic_fit.hpp"
#include "mll/select/evidence/example.hpp"

namespace mll {

/// Calibrates one head for one class: Platt's logistic map (Platt 1999) with a normal prior, fitted by
/// Newton's method. The class weighs as much as all other classes together, and these weigh equally.
///
/// @code
/// const Eigen::ArrayXXf responses = evidence.log_odds(backend, positions);  // [rows, positions]
/// const auto fit = mll::calibrate({responses.data(), evidence.rows().size()}, evidence.rows(),
/// mll::class_id{0});
/// @endcode
///
/// @param[in] responses `[rows]` responses of the head, in log-odds
/// @param[in] rows      the rows of the evidence
/// @param[in] target    the class; it and at least one other class must have rows
/// @param[in] prior     prior of slope and intercept
/// Complexity: O(rows) per iteration, about ten iterations.
MLL_DECLARE [[nodiscard]] calibration calibrate(std::span<const float> responses,
                                                std::span<const example> rows, class_id target,
                                                const calibration_prior& prior = {});

}  // namespace mll

#if !MLL_COMPILED
#include "mll/select/calibrate/detail/calibration.ipp"
#endif
