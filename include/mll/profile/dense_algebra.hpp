// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>

#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"

namespace mll {

/// The dense linear algebra of profiles and discriminants, which is most of the work of budgets of experts:
/// covariances, and equations with them. By default Eigen on the host's backend; `device_algebra` is cuBLAS
/// and cuSOLVER on a CUDA device. Set in `profile_options`; a profile keeps it for the tasks that use it.
///
/// Concurrent calls are safe.
class dense_algebra {
 public:
  virtual ~dense_algebra() = default;

  /// `rows^T rows / divisor`.
  /// @param[in] backend where the host computes
  /// @param[in] rows    `[n, d]`
  /// @return `[d, d]`, symmetric
  /// Complexity: O(n d^2).
  [[nodiscard]] virtual matrix<float> scatter(exec::backend_ref backend, const matrix<float>& rows,
                                              double divisor) const = 0;
  /// Solves `a x = b` for a symmetric positive definite matrix.
  /// @param[in]     a `[d, d]`
  /// @param[in,out] b `[d, m]`: the right sides; then the solutions
  /// Complexity: O(d^2 (d + m)).
  virtual void solve(Eigen::MatrixXd a, Eigen::MatrixXd& b) const = 0;

 protected:
  dense_algebra() = default;
  dense_algebra(const dense_algebra&) = default;
  dense_algebra& operator=(const dense_algebra&) = default;
};

}  // namespace mll
