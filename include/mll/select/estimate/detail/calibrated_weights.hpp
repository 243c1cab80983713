// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include "mll/select/ensemble/detail/source_scores.hpp"
#include "mll/select/estimate/accuracy_estimate.hpp"

namespace mll::detail {

/// The weights of the sources of class scores in an ensemble, of scores that are calibrated for each source
/// alone; 0 for an absent source.
[[nodiscard]] inline weight_by_source calibrated_weights(const accuracy_estimate& estimate,
                                                         const present_sources& present) {
  const source_weights& factor = estimate.weights;
  const source_weights& alone = estimate.calibrations;
  const auto weight = [](bool is_present, double in_ensemble, double calibration) {
    return is_present && calibration > 0 ? in_ensemble / calibration : 0;
  };
  return {weight(present[0], factor.votes, alone.votes),
          weight(present[1], factor.correction, alone.correction),
          weight(present[2], factor.general, alone.general)};
}

/// The source whose agreement with the votes is watched: the general discriminant, or else the correction,
/// as where the general model has less than a tenth of the calibrated weight.
/// @return 2, 1, or 0 for neither
[[nodiscard]] inline std::size_t second_source(const accuracy_estimate& estimate,
                                               const present_sources& present) {
  const auto [votes, correction, general] = calibrated_weights(estimate, present);
  if (present[2] && (!present[1] || general >= 0.1 * (votes + correction + general))) return 2;
  return present[1] ? 1 : 0;
}

}  // namespace mll::detail
