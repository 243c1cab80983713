// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/profile/detail/graph_regressors.hpp"
#include "mll/profile/match_heads.hpp"

namespace mll {

/// How the heads of a hub answer together, over all samples of all nodes: what a single task has too few
/// samples to tell. Made once for a hub by `profile`; `select` uses it for every task.
///
/// A response is seen on the scale `x = log(p + 0.003) + log(heads of the model)`, which puts models of
/// different size on one footing: 0 is what a model without an opinion says.
///
/// Immutable: concurrent reads are free.
struct hub_profile {
  /// The general model's part, if there was one.
  struct general_model_part {
    matrix<float> embeddings;       ///< `[rows of the layout, dim]`, unit rows
    float scale = 1;                ///< brings embeddings to the spread of responses
    Eigen::RowVectorXd mean;        ///< `[dim]`: mean over the nodes
    Eigen::RowVectorXd text_mean;   ///< `[dim]`: mean text over the nodes
    Eigen::MatrixXd text_to_image;  ///< `[dim, dim]`: where samples are, from where their node's text is
  };

  std::vector<head_meaning> meanings;   ///< of all heads, in order of model and column
  Eigen::RowVectorXd log_width;         ///< `[heads]`: log of the number of heads of its model
  detail::graph_regressors regressors;  ///< what the graph says about responses
  /// `[heads + dim, heads + dim]`: covariance of responses, and of the scaled embeddings of the general
  /// model, among the samples of one node, pooled over all nodes.
  matrix<float> covariance;
  double degrees_of_freedom = 0;                       ///< samples minus nodes
  general_model_part general;                          ///< empty embeddings: no general model
  std::shared_ptr<const information_content> content;  ///< of the graph

  [[nodiscard]] std::size_t head_count() const noexcept { return meanings.size(); }
  [[nodiscard]] bool has_general() const noexcept { return general.embeddings.size() != 0; }

  /// How far the name of a head says that it answers to a node: its confidence, times 0.8 for every edge from
  /// the named node up to v; 0 if v is neither that node nor above it.
  [[nodiscard]] double name_match(std::size_t head, node_id v) const {
    const head_meaning& meaning = meanings[head];
    if (!meaning.node.valid() || !v.valid()) return 0;
    const auto above = content->ancestors()[meaning.node];
    const auto found = std::lower_bound(above.begin(), above.end(), v,
                                        [](const relative& r, node_id wanted) { return r.node < wanted; });
    if (found == above.end() || found->node != v) return 0;
    return meaning.confidence * std::pow(0.8, static_cast<double>(found->distance));
  }

  /// What to expect of every head on samples of a node, from the graph alone: from the names of the heads and
  /// from the nodes near it.
  /// @return `[heads]`; for an invalid node the mean over all nodes
  template <std::floating_point Real = double>
  [[nodiscard]] Eigen::RowVectorX<Real> expected_response(node_id v) const {
    return regressors.predict<Real>(*content, meanings, v);
  }

  /// The covariance of some of its dimensions, shrunk towards a multiple of the identity by
  /// `min(0.9, 1.2 sqrt(dimensions / degrees of freedom))`, which keeps it well conditioned.
  template <std::floating_point Real = double>
  [[nodiscard]] Eigen::MatrixX<Real> shrunk_covariance(std::span<const std::uint32_t> dimensions) const {
    const auto size = static_cast<Eigen::Index>(dimensions.size());
    Eigen::MatrixX<Real> out(size, size);
    for (Eigen::Index i = 0; i < size; ++i) {
      const auto row = covariance.row(static_cast<Eigen::Index>(dimensions[static_cast<std::size_t>(i)]));
      for (Eigen::Index j = 0; j < size; ++j) {
        out(i, j) =
            static_cast<Real>(row[static_cast<Eigen::Index>(dimensions[static_cast<std::size_t>(j)])]);
      }
    }
    const auto share = static_cast<Real>(
        std::min(0.9, 1.2 * std::sqrt(static_cast<double>(size) / std::max(1.0, degrees_of_freedom))));
    const Real spread = std::max(Real{1e-3}, size == 0 ? Real{1} : out.trace() / static_cast<Real>(size));
    out *= 1 - share;
    out.diagonal().array() += share * spread;
    return out;
  }
};

}  // namespace mll
