// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include "mll/core/detail/compiled.hpp"

namespace mll::detail {

/// Solves `a x = b` for a large symmetric positive definite matrix. Apart from `linear_algebra.hpp`, because
/// it takes as long to compile as most programs.
/// @param[in]     a `[n, n]`
/// @param[in,out] b `[n, m]`: the right sides; then the solutions
/// Complexity: O(n^2 (n + m)).
MLL_LOCAL void solve_large_spd(Eigen::MatrixXd a, Eigen::MatrixXd& b) {
  const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> factor{a};
  factor.solveInPlace(b);
}

}  // namespace mll::detail
