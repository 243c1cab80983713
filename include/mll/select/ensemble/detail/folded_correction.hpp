// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <optional>

#include "mll/select/ensemble/ensemble.hpp"

namespace mll::detail {

/// The linear correction and the discriminant of the embedding of an ensemble as one linear correction. Class
/// scores are the same but for a constant per sample, which their softmax removes.
[[nodiscard]] inline std::optional<linear_correction> folded_correction(const ensemble& fitted) {
  if (!fitted.general) return fitted.correction;
  const embedding_discriminant& general = *fitted.general;
  const Eigen::Index classes = general.bias.size();
  linear_correction out;
  if (fitted.correction) {
    out = *fitted.correction;
  } else {
    const auto heads = static_cast<Eigen::Index>(fitted.heads.size());
    out.mean.setZero(heads);
    out.scale.setOnes(heads);
    out.weights.setZero(heads, classes);
    out.bias.setZero(classes);
  }
  if (!(out.strength > 0)) {  // of no effect
    out.weights.setZero();
    out.embedding_weights.setZero();
    out.bias.setZero();
    out.strength = 1;
  }
  if (out.embedding_weights.size() == 0) out.embedding_weights.setZero(general.weights.rows(), classes);
  const float factor = general.strength / out.strength;
  for (Eigen::Index i = 0; i < general.weights.size(); ++i)
    out.embedding_weights.data()[i] += factor * general.weights.data()[i];
  for (Eigen::Index y = 0; y < classes; ++y) out.bias[y] += factor * general.bias[y];
  return out;
}

}  // namespace mll::detail
