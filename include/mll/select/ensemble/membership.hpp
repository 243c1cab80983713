// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/core/matrix.hpp"

namespace mll {

/// Whether a sample belongs to a task at all: the nodes of the task against other nodes of the hub.
///
/// `r(z) = lse_v a_v(z) - lse_u a_u(z)`, `a(z) = z' weights + bias`, over the nodes v of the task and the
/// others u; the probability that z belongs to the task is `1 / (1 + exp(-r))`. Up to a constant per sample,
/// `a_v` is `-d_v^2 / 8 - log(number of such nodes)` with the Mahalanobis distance d_v to the mean of the
/// node; `-d_v^2 / 16` where d_v is over heads and embedding, which say much the same. Made by
/// `fit_membership`.
struct membership {
  std::vector<std::uint32_t> heads = {};  ///< positions in `ensemble::heads`, increasing
  /// `[heads + dim, nodes]`: on the responses as `log(p + 0.003)`, then on the unit embeddings of the general
  /// model, where they are used.
  matrix<float> weights = {};
  Eigen::VectorXf bias = {};     ///< `[nodes]`
  std::uint32_t task_nodes = 0;  ///< the first so many nodes are those of the task

  /// Dimension of the embeddings; 0 if they are not used.
  [[nodiscard]] std::size_t embedding_dimension() const noexcept {
    return static_cast<std::size_t>(weights.rows()) - heads.size();
  }
};

}  // namespace mll
