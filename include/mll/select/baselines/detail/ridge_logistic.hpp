// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>

#include "mll/core/detail/product.hpp"
#include "mll/core/matrix.hpp"
#include "mll/select/baselines/detail/lbfgs.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll::detail {

/// Class-balanced multinomial logistic regression with a ridge, on standardised `log(p + 0.003)`:
/// minimises `-(1/C) sum_i w_i log P(y_i | x_i) + lambda/2 |W|^2` (the bias is free).
///
/// @param[in] log_odds `[rows, heads]` answers of the heads
/// @param[in] rows     the samples; their weights sum to 1 a class
template <std::floating_point Real = double, class LogOdds>
linear_correction fit_ridge_logistic(const Eigen::ArrayBase<LogOdds>& log_odds, std::span<const example> rows,
                                     std::size_t classes, Real lambda) {
  const auto C = static_cast<Eigen::Index>(classes);
  const Eigen::Index n = log_odds.rows();
  const Eigen::Index heads = log_odds.cols();
  using answer = typename LogOdds::Scalar;
  linear_correction out;
  Eigen::ArrayXX<answer> features = numerics::to_log_probability(log_odds);
  out.mean = features.colwise().mean().matrix().transpose();
  features.rowwise() -= out.mean.transpose().array();
  out.scale = (features.square().colwise().mean().sqrt() + 1e-3F).inverse().matrix().transpose();
  features.rowwise() *= out.scale.transpose().array();
  const matrix<answer> x = features.matrix();
  const matrix<answer> transposed = x.transpose();

  const auto unpack = [&](const Eigen::VectorX<Real>& packed) {
    return Eigen::Map<const Eigen::MatrixX<Real>>(packed.data(), heads + 1, C);  // last row: bias
  };
  const auto loss = [&](const Eigen::VectorX<Real>& packed, Eigen::VectorX<Real>& gradient) {
    const auto w = unpack(packed);
    matrix<answer> scores = product<answer>(x, w.topRows(heads).template cast<answer>());
    scores.rowwise() += w.row(heads).template cast<answer>();
    log_softmax_rows(scores);
    Real total = 0;
    matrix<answer> residual = scores.array().exp().matrix();
    for (Eigen::Index i = 0; i < n; ++i) {
      const example& row = rows[static_cast<std::size_t>(i)];
      const auto y = static_cast<Eigen::Index>(row.target.index());
      const answer share = row.weight / static_cast<answer>(classes);
      total -= static_cast<Real>(share) * static_cast<Real>(scores(i, y));
      residual(i, y) -= 1;
      residual.row(i) *= share;
    }
    Eigen::Map<Eigen::MatrixX<Real>> g(gradient.data(), heads + 1, C);
    g.topRows(heads) =
        product<answer>(transposed, residual).template cast<Real>() + lambda * w.topRows(heads);
    g.row(heads) = residual.colwise().sum().template cast<Real>();
    return total + Real{0.5} * lambda * w.topRows(heads).squaredNorm();
  };
  Eigen::VectorX<Real> packed = Eigen::VectorX<Real>::Zero((heads + 1) * C);
  minimise_lbfgs(packed, loss, 200, 1e-5);
  const auto w = unpack(packed);
  out.weights = w.topRows(heads).template cast<answer>();
  out.bias = w.row(heads).transpose().template cast<answer>();
  return out;
}

}  // namespace mll::detail
