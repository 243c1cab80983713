// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>

#include "mll/core/matrix.hpp"

namespace mll {

/// Responses of the models of a selection to a batch of unlabelled samples: what `combine`,
/// `estimate_on_batch` and `adapt` start from. Result of `zero_shot_classifier::respond`.
struct batch_responses {
  Eigen::ArrayXXf log_odds;       ///< `[samples, heads]`: one column per head of the ensemble
  matrix<float> embeddings = {};  ///< `[samples, dim]`: of the general model, where the ensemble uses it
};

}  // namespace mll
