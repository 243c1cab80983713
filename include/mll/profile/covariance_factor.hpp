// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <vector>

#include "mll/core/matrix.hpp"

namespace mll {

/// The covariance of a hub in low-rank form, for hubs whose whole covariance is too large:
/// `F F^T`, but for the variances, and for the covariance of the general model's embedding with itself, which
/// are exact. Takes `4 (rank + 1)` bytes per dimension where the whole takes 4 per pair of dimensions.
///
/// With `X` the responses less the means of their nodes, `[rows of the layout, dimensions]`, and f degrees of
/// freedom, F is `X^T Q / sqrt(f)`, where Q is an orthonormal basis of (nearly) the directions of most
/// variance. What it leaves out is positive semidefinite, so that the covariance is, too.
struct covariance_factor {
  matrix<float> loadings;         ///< `[heads + dim, rank]`: F
  matrix<float> coordinates;      ///< `[rows of the layout, rank]`: Q; tells the share of each sample
  std::vector<float> variances;   ///< `[heads + dim]`
  matrix<float> of_embeddings{};  ///< `[dim, dim]`: covariance of the scaled embeddings

  /// Whether there is no factor: the profile holds the whole covariance.
  [[nodiscard]] bool empty() const noexcept { return variances.empty(); }
};

}  // namespace mll
