// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>

namespace mll::detail {

/// Shrinks a covariance towards the multiple of the identity with the same trace (at least 0.001 per
/// dimension).
/// @param[in] share weight of the identity; at most 0.9 is used
inline void shrink_covariance(Eigen::MatrixXd& covariance, double share) {
  const Eigen::Index size = covariance.rows();
  share = std::min(0.9, share);
  double trace = 0;
  for (Eigen::Index i = 0; i < size; ++i) trace += covariance(i, i);
  const double spread = std::max(1e-3, trace / static_cast<double>(std::max<Eigen::Index>(1, size)));
  for (Eigen::Index i = 0; i < covariance.size(); ++i) covariance.data()[i] *= 1 - share;
  for (Eigen::Index i = 0; i < size; ++i) covariance(i, i) += share * spread;
}

}  // namespace mll::detail
