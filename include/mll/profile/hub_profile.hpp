// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/profile/covariance_factor.hpp"
#include "mll/profile/dense_algebra.hpp"
#include "mll/profile/detail/graph_regressors.hpp"
#include "mll/profile/match_heads.hpp"

namespace mll {

/// How the heads of a hub respond together, over all samples of all nodes: what a single task has too few
/// samples to tell. Made once per hub by `profile`; `select` uses it for every task.
///
/// Responses are on the scale `x = log(p + 0.003) + log(heads of the model)`, which makes models of different
/// size comparable: 0 is the response of a model without an opinion.
///
/// Immutable: concurrent reads are safe.
struct hub_profile {
  /// The general model's part, if there was one.
  struct general_model_part {
    matrix<float> embeddings;       ///< `[rows of the layout, dim]`, unit rows
    float scale = 1;                ///< factor that brings embeddings to the spread of responses
    matrix<float> node_texts;       ///< `[nodes, dim]`: embeddings of the texts of the nodes of the layout
    Eigen::RowVectorXd mean;        ///< `[dim]`: mean over the nodes
    Eigen::RowVectorXd text_mean;   ///< `[dim]`: mean text over the nodes
    Eigen::MatrixXd text_to_image;  ///< `[dim, dim]`: maps the text of a node to the mean of its samples
    /// `[dim, heads + dim]`: as the last rows of the covariance, but of embeddings that are not scaled; for
    /// `update_profile`. Empty: from a file of an earlier version, or beside a factor.
    matrix<float> unscaled_covariance;
  };

  std::vector<head_meaning> meanings;   ///< per head, in order of model and column
  Eigen::RowVectorXd log_width;         ///< `[heads]`: logarithm of the number of heads of its model
  detail::graph_regressors regressors;  ///< what the graph says about responses
  /// `[heads + dim, heads + dim]`: covariance of the responses, and of the scaled embeddings of the general
  /// model, among the samples of one node, pooled over all nodes. Empty: `factor` tells it.
  matrix<float> covariance;
  covariance_factor factor;                            ///< see `profile_options::covariance_rank`
  double degrees_of_freedom = 0;                       ///< samples minus nodes
  general_model_part general;                          ///< empty embeddings: no general model
  std::shared_ptr<const information_content> content;  ///< of the graph
  std::uint64_t graph = 0;                             ///< fingerprint of the graph; 0: unknown
  std::uint64_t samples = 0;                           ///< fingerprint of the layout of the labels
  std::uint64_t names = 0;                             ///< fingerprint of the names of models and heads
  std::shared_ptr<const dense_algebra> algebra;        ///< for the covariances and equations of tasks
  /// Fingerprint of the responses of each model, by which `update_profile` knows what is still right. Empty:
  /// from a file of an earlier version.
  std::vector<std::uint64_t> responses;

  [[nodiscard]] std::size_t head_count() const noexcept { return meanings.size(); }
  [[nodiscard]] bool has_general() const noexcept { return general.embeddings.size() != 0; }

  /// How well the name of a head matches a node: the confidence of the name, times 0.8 for each edge from the
  /// named node up to v; 0 if v is neither that node nor above it. In [0, 1].
  MLL_DECLARE [[nodiscard]] double name_match(std::size_t head, node_id v) const;

  /// Predicts the mean response of every head to samples of a node from the graph alone: from the names of
  /// the heads and from the nodes near it.
  /// @return `[heads]`; for an invalid node the mean over all nodes
  [[nodiscard]] Eigen::RowVectorXd expected_response(node_id v) const {
    return regressors.predict(*content, meanings, v);
  }

  /// The covariance of some dimensions, whole or from its factor.
  /// @return `[dimensions, dimensions]`, symmetric
  /// Complexity: O(dimensions^2), times the rank of a factor.
  MLL_DECLARE [[nodiscard]] Eigen::MatrixXd covariance_of(std::span<const std::uint32_t> dimensions) const;

  /// The covariance of some dimensions, shrunk towards a multiple of the identity by
  /// `min(0.9, 1.2 sqrt(dimensions / degrees of freedom))`, which keeps it well conditioned.
  MLL_DECLARE [[nodiscard]] Eigen::MatrixXd shrunk_covariance(
      std::span<const std::uint32_t> dimensions) const;
};

}  // namespace mll

#if !MLL_COMPILED
#include "mll/profile/detail/hub_profile.ipp"
#endif
