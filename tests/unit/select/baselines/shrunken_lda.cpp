// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/baselines/shrunken_lda.hpp"

#include <doctest/doctest.h>

#include <Eigen/LU>

#include <cmath>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

TEST_CASE("the scores are those of a discriminant with the shrunken covariance") {
  const auto planted = mll::test::plant({12, 20, 16}, mll::test::mixed_hub(3, 2, 0, 1), 121);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const auto fitted = mll::shrunken_lda{}(mll::exec::sequential{}, evidence);
  const std::vector<std::uint32_t> all{0, 1, 2, 3, 4, 5};
  const Eigen::ArrayXXf log_odds = evidence.log_odds(mll::exec::sequential{}, all);
  const auto found = mll::combine(fitted, log_odds);

  const Eigen::MatrixXd x = ((1 + (-log_odds.cast<double>()).exp()).inverse() + 0.003).log().matrix();
  Eigen::MatrixXd means(3, 6);
  Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(6, 6);
  for (Eigen::Index y = 0, first = 0; y < 3; ++y) {
    const auto count = static_cast<Eigen::Index>(planted.counts[static_cast<std::size_t>(y)]);
    const auto block = x.middleRows(first, count);
    means.row(y) = block.colwise().mean();
    const Eigen::MatrixXd off = block.rowwise() - means.row(y);
    covariance += off.transpose() * off / (3.0 * static_cast<double>(count));
    first += count;
  }
  const double share = std::min(0.9, 1.2 * std::sqrt(6.0 / 48.0));
  const Eigen::MatrixXd shrunk =
      (1 - share) * covariance + share * covariance.trace() / 6 * Eigen::MatrixXd::Identity(6, 6);
  const Eigen::MatrixXd inverse = shrunk.inverse();
  for (Eigen::Index r = 0; r < x.rows(); ++r) {
    Eigen::RowVector3d expected;
    for (Eigen::Index y = 0; y < 3; ++y) {
      const Eigen::RowVectorXd off = x.row(r) - means.row(y);
      expected[y] = -0.5 * (off * inverse * off.transpose())(0, 0);
    }
    expected.array() -= expected.maxCoeff() + std::log((expected.array() - expected.maxCoeff()).exp().sum());
    for (Eigen::Index y = 0; y < 3; ++y)
      CHECK(static_cast<double>(found(r, y)) == doctest::Approx(expected[y]).epsilon(1e-3));
  }
  CHECK_THROWS_WITH_AS((void)mll::shrunken_lda{.shrinkage = 0}(mll::exec::sequential{}, evidence),
                       "shrinkage: expected a positive number, found 0", mll::invalid_argument);
}

TEST_CASE_TEMPLATE("shrunken_lda is the same on every backend", Backend, MLL_TEST_BACKENDS) {
  const auto planted = mll::test::plant({12, 20, 16}, mll::test::mixed_hub(3, 12, 3, 1), 122);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  CHECK(mll::shrunken_lda{}(Backend{}, evidence).correction->weights ==
        mll::shrunken_lda{}(mll::exec::sequential{}, evidence).correction->weights);
}
