// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>

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
  /// `left^T rows / divisor`: what `update_profile` needs of a covariance when few of many columns are new.
  ///
  /// Without an override, `scatter` of both side by side computes it, which costs more than the covariance of
  /// all columns.
  /// @param[in] backend where the host computes
  /// @param[in] left    `[n, a]`
  /// @param[in] rows    `[n, d]`
  /// @return `[a, d]`
  /// Complexity: O(n a d) if overridden, else O(n (a + d)^2).
  [[nodiscard]] virtual matrix<float> cross_scatter(exec::backend_ref backend, const matrix<float>& left,
                                                    const matrix<float>& rows, double divisor) const {
    const Eigen::Index size = left.cols() + rows.cols();
    matrix<float> both(rows.rows(), size);
    for (Eigen::Index r = 0; r < rows.rows(); ++r) {
      std::copy_n(left.data() + r * left.cols(), left.cols(), both.data() + r * size);
      std::copy_n(rows.data() + r * rows.cols(), rows.cols(), both.data() + r * size + left.cols());
    }
    const matrix<float> all = scatter(backend, both, divisor);
    matrix<float> out(left.cols(), rows.cols());
    for (Eigen::Index i = 0; i < out.rows(); ++i)
      std::copy_n(all.data() + i * size + left.cols(), out.cols(), out.data() + i * out.cols());
    return out;
  }
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
