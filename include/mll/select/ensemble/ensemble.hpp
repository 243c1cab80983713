// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/select/ensemble/vote.hpp"

namespace mll {

/// A linear model over the standardised responses of all heads, on the scale `log(p + 0.003)`.
struct linear_correction {
  Eigen::VectorXf mean;     ///< `[heads]`
  Eigen::VectorXf scale;    ///< `[heads]`: reciprocal standard deviation
  Eigen::MatrixXf weights;  ///< `[heads, classes]`
  Eigen::VectorXf bias;     ///< `[classes]`
  float strength = 1;       ///< factor of its log-probabilities in the class scores
  /// `[dim, classes]`, on the unit embeddings of the general model; empty if these are not used.
  Eigen::MatrixXf embedding_weights = {};
};

/// A linear discriminant of the classes over the unit embeddings of the general model.
struct embedding_discriminant {
  Eigen::MatrixXf weights;  ///< `[dim, classes]`
  Eigen::VectorXf bias;     ///< `[classes]`
  float strength = 1;       ///< factor of its log-probabilities in the class scores
};

/// How the responses of some heads become class scores of a task: all that a selection method fits.
///
/// `F_y(x) = temperature * V_y(x) + strength * log softmax_y D(x) + strength_T * log softmax_y T(x)`,
/// `V_y(x) = sum_v w_v (slope_v s(p_v(x)) + intercept_v)`
/// with the votes v of class y, the vote scale s, the linear correction D and the discriminant T of the
/// embedding; class probabilities are `softmax_y F_y(x)`.
struct ensemble {
  std::vector<head_id> heads;  ///< heads in use, increasing, distinct
  mll::vote_scale scale = vote_scale::log_odds;
  std::vector<std::vector<vote>> votes;  ///< per class
  float temperature = 1;
  std::optional<linear_correction> correction;
  std::optional<embedding_discriminant> general = {};

  /// Whether `combine` needs the general model's embeddings of the samples.
  [[nodiscard]] bool uses_embeddings() const noexcept {
    return general || (correction && correction->embedding_weights.size() != 0);
  }
  /// Dimension of the embeddings; 0 if they are not used.
  [[nodiscard]] Eigen::Index embedding_dimension() const noexcept {
    return general ? general->weights.rows() : correction ? correction->embedding_weights.rows() : 0;
  }
};

}  // namespace mll
