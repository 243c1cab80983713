// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/reuse/batch_responses.hpp"
#include "mll/select/selection.hpp"

namespace mll {

/// The prediction for one sample.
struct prediction {
  std::optional<class_id> answer;  ///< the most probable class; empty if a value below is under its limit
  float probability = 0;           ///< of the most probable class
  /// Ranks samples by how likely their most probable class is right, whatever the limits: `p^(1 - s) t^s`
  /// with its probability p, its calibrated probability t by the general discriminant, and s half the
  /// share of that discriminant among the cross-validated weights of the sources (0 without an estimate).
  float confidence = 0;
  /// Probability that the sample belongs to the task, at a prior of one half; empty if the selection was made
  /// without a profile. See `membership`.
  std::optional<float> belongs = {};
};

/// Limits below which `classify` does not answer, in [0, 1]; 0 always answers.
struct answer_limits {
  float probability = 0;
  float belongs = 0;
};

namespace detail {

/// `[rows, columns]`
MLL_DECLARE [[nodiscard]] std::string shape_text(Eigen::Index rows, Eigen::Index columns);

/// Writes the log-odds of a column of scores into a column of log-odds.
/// @return the first row whose score is not a probability within 1e-4, if there is one
MLL_DECLARE [[nodiscard]] std::optional<Eigen::Index> log_odds_of_scores(const matrix<float>& scores,
                                                                         std::size_t from,
                                                                         Eigen::ArrayXXf& log_odds,
                                                                         std::size_t to);

/// Writes the log-odds of the general heads of a selection into their columns.
/// @param[in] embeddings `[samples, dim]`, unit rows
MLL_DECLARE void run_general_heads(const selection& chosen, const matrix<float>& embeddings,
                                   Eigen::ArrayXXf& log_odds);

/// The predictions for a batch.
/// @param[in] probabilities `[samples, classes]`: those of `chosen`
/// Throws: `invalid_argument` for limits outside [0, 1], and for one on `belongs` without a `membership`.
MLL_DECLARE [[nodiscard]] std::vector<prediction> predictions_of(exec::backend_ref backend,
                                                                 const selection& chosen,
                                                                 const batch_responses& batch,
                                                                 const matrix<float>& probabilities,
                                                                 const answer_limits& limits);

}  // namespace detail

}  // namespace mll

#if !MLL_COMPILED
#include "mll/reuse/detail/prediction.ipp"
#endif
