// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/baselines/detail/ridge_logistic.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "support/head_pools.hpp"
#include "support/planted_labels.hpp"

namespace {

// The documented objective, in double and from the fitted correction alone.
double objective(const Eigen::ArrayXXf& log_odds, const std::vector<mll::example>& rows,
                 const mll::linear_correction& fitted, const Eigen::MatrixXd& weights,
                 const Eigen::VectorXd& bias, double lambda) {
  double out = 0.5 * lambda * weights.squaredNorm();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Eigen::VectorXd scores = bias;
    for (Eigen::Index h = 0; h < log_odds.cols(); ++h) {
      const double p = 1 / (1 + std::exp(-static_cast<double>(log_odds(static_cast<Eigen::Index>(i), h))));
      const double x =
          (std::log(p + 0.003) - static_cast<double>(fitted.mean[h])) * static_cast<double>(fitted.scale[h]);
      scores += x * weights.row(h).transpose();
    }
    const double top = scores.maxCoeff();
    const double total = top + std::log((scores.array() - top).exp().sum());
    out -= static_cast<double>(rows[i].weight) / static_cast<double>(bias.size()) *
           (scores[static_cast<Eigen::Index>(rows[i].target.index())] - total);
  }
  return out;
}

}  // namespace

TEST_CASE("fit_ridge_logistic standardises its features and ends where the gradient vanishes") {
  const std::vector<std::size_t> counts{12, 5, 9};
  mll::random_engine engine{61};
  const auto rows = mll::test::rows_of(counts);
  Eigen::ArrayXXf log_odds(26, 4);
  for (Eigen::Index i = 0; i < log_odds.size(); ++i)
    log_odds.data()[i] = static_cast<float>(mll::test::uniform(engine, -5, 5));
  for (Eigen::Index i = 0; i < 12; ++i) log_odds(i, 0) += 3;

  for (const double lambda : {0.02, 0.5}) {
    const auto fitted = mll::detail::fit_ridge_logistic(log_odds, rows, 3, lambda);
    REQUIRE(fitted.weights.rows() == 4);
    REQUIRE(fitted.weights.cols() == 3);
    REQUIRE(fitted.bias.size() == 3);

    Eigen::ArrayXXf x = log_odds;
    mll::numerics::to_log_probability({x.data(), static_cast<std::size_t>(x.size())});
    x.rowwise() -= fitted.mean.transpose().array();
    x.rowwise() *= fitted.scale.transpose().array();
    for (Eigen::Index h = 0; h < 4; ++h) {
      CHECK(x.col(h).mean() == doctest::Approx(0).epsilon(1e-3));
      CHECK(x.col(h).square().mean() == doctest::Approx(1).epsilon(1e-2));
    }

    Eigen::MatrixXd weights = fitted.weights.cast<double>();
    Eigen::VectorXd bias = fitted.bias.cast<double>();
    constexpr double step = 1e-4;
    const auto slope_at = [&](double& parameter) {
      const double kept = parameter;
      parameter = kept + step;
      const double above = objective(log_odds, rows, fitted, weights, bias, lambda);
      parameter = kept - step;
      const double below = objective(log_odds, rows, fitted, weights, bias, lambda);
      parameter = kept;
      return (above - below) / (2 * step);
    };
    for (Eigen::Index i = 0; i < weights.size(); ++i) CHECK(std::abs(slope_at(weights.data()[i])) < 1e-3);
    for (Eigen::Index i = 0; i < bias.size(); ++i) CHECK(std::abs(slope_at(bias[i])) < 1e-3);
  }
}

TEST_CASE("fit_ridge_logistic accepts constant and saturated heads") {
  const auto rows = mll::test::rows_of(std::vector<std::size_t>{4, 4});
  Eigen::ArrayXXf log_odds(8, 3);
  log_odds.col(0).setConstant(1);
  log_odds.col(1).setConstant(-12);
  log_odds.col(2) << 12, 12, 12, 12, -12, -12, -12, -12;
  const auto fitted = mll::detail::fit_ridge_logistic(log_odds, rows, 2, 0.02);
  CHECK(fitted.weights.allFinite());
  CHECK(fitted.scale.allFinite());
  CHECK(fitted.weights(2, 0) > 0);
  CHECK(fitted.weights(2, 1) < 0);
  CHECK(std::abs(fitted.weights(0, 0)) < 1e-4F);
}
