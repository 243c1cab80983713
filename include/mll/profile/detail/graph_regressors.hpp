// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/profile/match_heads.hpp"

namespace mll::detail {

/// A regression of the mean response of a head to a node on what the graph says about the two: the prior
/// means of an empirical-Bayes estimate.
///
/// Regressors of head h and node v, with Lin's similarity s: for kappa = 3, 8, 20 the log of the softmax of
/// `kappa s(named node, v)` among the heads of the model; whether the head is named after the node; and for
/// kappa = 6, 20 the mean of the responses of h to the other nodes, weighted by `exp(kappa s)`, less the
/// plain mean. Least squares over all nodes with samples, weighted, and heads with a named node.
struct graph_regressors {
  static constexpr std::array<double, 3> name_sharpness{3, 8, 20};
  static constexpr std::array<double, 2> neighbour_sharpness{6, 20};
  static constexpr std::size_t by_name = name_sharpness.size() + 1;
  static constexpr std::size_t count = by_name + neighbour_sharpness.size();

  std::vector<std::size_t> first_head;  // of each model, and the end
  std::vector<node_id> nodes;           // with samples
  matrix<double> deviations;            // [nodes, heads]: mean response less its mean over the nodes
  Eigen::RowVectorXd mean;              // [heads]
  matrix<double> centre;                // [by_name, heads]: means of the regressors by name
  std::array<double, count> coefficients{};
  // [models, count (count + 1)]: the normal equations of each model alone, `count` rows of left sides, then
  // the right side. The coefficients solve their sum. Empty: from a file of an earlier version.
  matrix<double> equations;

  /// The regressors by name, not centred, `[by_name, heads]`.
  MLL_DECLARE [[nodiscard]] matrix<double> names(const information_content& content,
                                                 std::span<const head_meaning> meanings, node_id v) const;
  /// All regressors, `[count, heads]`. A node with samples is not its own neighbour.
  MLL_DECLARE [[nodiscard]] matrix<double> operator()(const information_content& content,
                                                      std::span<const head_meaning> meanings,
                                                      node_id v) const;
  /// The predicted mean responses, `[heads]`; for an invalid node the mean over all nodes.
  MLL_DECLARE [[nodiscard]] Eigen::RowVectorXd predict(const information_content& content,
                                                       std::span<const head_meaning> meanings,
                                                       node_id v) const;
};

}  // namespace mll::detail

#if !MLL_COMPILED
#include "mll/profile/detail/graph_regressors.ipp"
#endif
