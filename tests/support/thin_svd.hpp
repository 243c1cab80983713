// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <Eigen/SVD>

namespace mll::test {

/// The singular values of a matrix with the first columns of U and V. Eigen 5 takes the options where
/// Eigen 3.4 has no place for them.
#if EIGEN_VERSION_AT_LEAST(3, 4, 90)
inline auto thin_svd(const Eigen::MatrixXd& matrix) {
  return Eigen::BDCSVD<Eigen::MatrixXd, Eigen::ComputeThinU | Eigen::ComputeThinV>{matrix};
}
#else
inline auto thin_svd(const Eigen::MatrixXd& matrix) {
  return Eigen::BDCSVD<Eigen::MatrixXd>{matrix, Eigen::ComputeThinU | Eigen::ComputeThinV};
}
#endif

}  // namespace mll::test
