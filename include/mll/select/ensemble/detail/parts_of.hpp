// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "mll/core/log_probability.hpp"
#include "mll/select/ensemble/detail/ensemble_parts.hpp"
#include "mll/select/ensemble/detail/folded_correction.hpp"
#include "mll/select/ensemble/ensemble.hpp"

namespace mll::detail {

/// An ensemble in plain arrays.
[[nodiscard]] inline ensemble_parts parts_of(const ensemble& fitted) {
  ensemble_parts out;
  out.heads = fitted.heads.size();
  out.classes = fitted.votes.size();
  out.scale = fitted.scale;
  out.temperature = fitted.temperature;
  out.probability_floor = numerics::probability_floor;
  out.first_vote.push_back(0);
  for (const auto& votes : fitted.votes) {
    out.votes.insert(out.votes.end(), votes.begin(), votes.end());
    out.first_vote.push_back(static_cast<std::uint32_t>(out.votes.size()));
  }
  const std::optional<linear_correction> folded = folded_correction(fitted);
  if (!folded) return out;
  const linear_correction& correction = *folded;
  out.dim = static_cast<std::size_t>(correction.embedding_weights.rows());
  out.mean.assign(correction.mean.begin(), correction.mean.end());
  out.inverse_scale.assign(correction.scale.begin(), correction.scale.end());
  out.bias.assign(correction.bias.begin(), correction.bias.end());
  out.strength = correction.strength;
  for (const Eigen::MatrixXf* weights : {&correction.weights, &correction.embedding_weights}) {
    for (Eigen::Index i = 0; i < weights->rows(); ++i) {
      for (Eigen::Index y = 0; y < weights->cols(); ++y) out.weights.push_back((*weights)(i, y));
    }
  }
  return out;
}

}  // namespace mll::detail
