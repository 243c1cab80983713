// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <cstddef>
#include <span>

#include "mll/core/detail/product.hpp"
#include "mll/core/matrix.hpp"
#include "mll/select/combination.hpp"
#include "mll/select/detail/lbfgs.hpp"
#include "mll/select/task_evidence.hpp"

namespace mll::detail {

/// Class-balanced multinomial logistic regression with a ridge, on standardised `log(p + 0.003)`:
/// minimises `-(1/C) sum_i w_i log P(y_i | x_i) + lambda/2 |W|^2` (the bias is free).
///
/// @param[in] log_odds `[rows, heads]` answers of the heads
/// @param[in] rows     the samples; their weights sum to 1 a class
template <class LogOdds>
linear_correction fit_ridge_logistic(const Eigen::ArrayBase<LogOdds>& log_odds,
                                     std::span<const evidence_row> rows, std::size_t classes, double lambda) {
  const auto C = static_cast<Eigen::Index>(classes);
  const Eigen::Index n = log_odds.rows();
  const Eigen::Index heads = log_odds.cols();
  linear_correction out;
  Eigen::ArrayXXf features = to_log_probability(log_odds);
  out.mean = features.colwise().mean().matrix().transpose();
  features.rowwise() -= out.mean.transpose().array();
  out.scale = (features.square().colwise().mean().sqrt() + 1e-3F).inverse().matrix().transpose();
  features.rowwise() *= out.scale.transpose().array();
  const matrix<float> x = features.matrix();
  const matrix<float> transposed = x.transpose();

  const auto unpack = [&](const Eigen::VectorXd& packed) {
    return Eigen::Map<const Eigen::MatrixXd>(packed.data(), heads + 1, C);  // last row: bias
  };
  const auto loss = [&](const Eigen::VectorXd& packed, Eigen::VectorXd& gradient) {
    const auto w = unpack(packed);
    matrix<float> scores = product<float>(x, w.topRows(heads).template cast<float>());
    scores.rowwise() += w.row(heads).template cast<float>();
    log_softmax_rows(scores);
    double total = 0;
    matrix<float> residual = scores.array().exp().matrix();
    for (Eigen::Index i = 0; i < n; ++i) {
      const evidence_row& row = rows[static_cast<std::size_t>(i)];
      const auto y = static_cast<Eigen::Index>(row.label.index());
      const float share = row.weight / static_cast<float>(classes);
      total -= static_cast<double>(share) * static_cast<double>(scores(i, y));
      residual(i, y) -= 1;
      residual.row(i) *= share;
    }
    Eigen::Map<Eigen::MatrixXd> g(gradient.data(), heads + 1, C);
    g.topRows(heads) =
        product<float>(transposed, residual).template cast<double>() + lambda * w.topRows(heads);
    g.row(heads) = residual.colwise().sum().template cast<double>();
    return total + 0.5 * lambda * w.topRows(heads).squaredNorm();
  };
  Eigen::VectorXd packed = Eigen::VectorXd::Zero((heads + 1) * C);
  minimise_lbfgs(packed, loss, 200, 1e-5);
  const auto w = unpack(packed);
  out.weights = w.topRows(heads).template cast<float>();
  out.bias = w.row(heads).transpose().template cast<float>();
  return out;
}

}  // namespace mll::detail
