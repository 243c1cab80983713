// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cstddef>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/linear_algebra.hpp"
#include "mll/core/matrix.hpp"
#include "mll/select/ensemble/combine.hpp"
#include "mll/select/ensemble/ensemble.hpp"

namespace mll::detail {

/// Class scores by source, `[samples, classes]` each: votes, linear correction, general discriminant. Empty:
/// the ensemble lacks the source.
constexpr std::size_t source_count = 3;
using scores_by_source = std::array<matrix<float>, source_count>;
using weight_by_source = std::array<double, source_count>;
using present_sources = std::array<bool, source_count>;

/// The sources of an ensemble.
[[nodiscard]] inline present_sources present_in(const ensemble& fitted) {
  const bool has_votes = std::any_of(fitted.votes.begin(), fitted.votes.end(),
                                     [](const auto& of_class) { return !of_class.empty(); });
  return {has_votes, fitted.correction.has_value(), fitted.general.has_value()};
}

/// The sources that have scores.
[[nodiscard]] inline present_sources present_in(const scores_by_source& scores) {
  return {scores[0].size() != 0, scores[1].size() != 0, scores[2].size() != 0};
}

/// The log-probabilities of each source of an ensemble alone: of the votes at the temperature of the
/// ensemble, of the others with a factor of 1.
/// @param[in] log_odds, embeddings as for `combine`
MLL_LOCAL scores_by_source source_scores(const ensemble& fitted, const Eigen::ArrayXXf& log_odds,
                                         const matrix<float>& embeddings) {
  const auto only = [&](bool votes, bool correction, bool general) {
    ensemble part = fitted;
    if (!votes) {
      for (auto& of_class : part.votes) of_class.clear();
    }
    if (!correction) part.correction.reset();
    if (!general) part.general.reset();
    if (part.correction) part.correction->strength = 1;
    if (part.general) part.general->strength = 1;
    return combine(part, log_odds, part.uses_embeddings() ? embeddings : matrix<float>{});
  };
  scores_by_source out;
  const present_sources present = present_in(fitted);
  if (present[0]) out[0] = only(true, false, false);
  if (present[1]) out[1] = only(false, true, false);
  if (present[2]) out[2] = only(false, false, true);
  return out;
}

/// `sum_k weight_k scores_k`, `[samples, classes]`.
MLL_LOCAL matrix<float> weighted_scores(const scores_by_source& scores, const weight_by_source& weights,
                                        std::size_t samples, std::size_t classes) {
  matrix<float> out = zeros<float>(samples, classes);
  for (std::size_t k = 0; k < source_count; ++k) {
    for (Eigen::Index i = 0; i < scores[k].size(); ++i)
      out.data()[i] += static_cast<float>(weights[k]) * scores[k].data()[i];
  }
  return out;
}

}  // namespace mll::detail
