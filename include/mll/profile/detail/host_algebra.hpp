// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <memory>
#include <utility>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/detail/solve_large_spd.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/profile/dense_algebra.hpp"
#include "mll/profile/detail/scatter.hpp"

namespace mll::detail {

/// Dense algebra on the host: the same result on every backend. Only programs that profile a hub, or read a
/// profile, compile its blocked Cholesky decomposition.
class host_algebra final : public dense_algebra {
 public:
  [[nodiscard]] matrix<float> scatter(exec::backend_ref backend, const matrix<float>& rows,
                                      double divisor) const override {
    return detail::scatter(backend, rows, divisor);
  }
  [[nodiscard]] matrix<float> cross_scatter(exec::backend_ref backend, const matrix<float>& left,
                                            const matrix<float>& rows, double divisor) const override {
    return detail::cross_scatter(backend, left, rows, divisor);
  }
  void solve(Eigen::MatrixXd a, Eigen::MatrixXd& b) const override { solve_large_spd(std::move(a), b); }

  [[nodiscard]] static std::shared_ptr<const dense_algebra> shared() {
    return std::make_shared<const host_algebra>();
  }
};

}  // namespace mll::detail
