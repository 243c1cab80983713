// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/experts/discriminant.hpp"

#include <doctest/doctest.h>

#include <Eigen/LU>

#include <cmath>
#include <numeric>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/profile/profile.hpp"
#include "support/backends.hpp"
#include "support/planted_names.hpp"

namespace {

const std::vector<mll::test::planted_model> models{{{0, 1}, {1, 1}, {2, 1}}, {{0, 0.5}, {2, 1.5}}};

struct fixture {
  mll::test::planted_task planted = mll::test::plant({30, 30, 30}, models, 51);
  mll::model_labels labels = mll::test::named_labels(planted, models);
  mll::hub_profile hub = mll::profile(mll::exec::sequential{}, labels, mll::test::named_graph(3));
  std::vector<std::uint32_t> all{0, 1, 2, 3, 4};
};

mll::matrix<float> scores_of(const mll::task_evidence& evidence, const mll::linear_correction& fitted) {
  mll::ensemble alone;
  alone.heads.assign(evidence.heads().begin(), evidence.heads().end());
  alone.votes.resize(evidence.class_count());
  alone.correction = fitted;
  std::vector<std::uint32_t> all(evidence.heads().size());
  std::iota(all.begin(), all.end(), 0U);
  return mll::combine(alone, evidence.log_odds(mll::exec::sequential{}, all));
}

}  // namespace

TEST_CASE("the scores are the Gaussian log-posteriors of shrunken means") {
  const fixture f;
  const mll::task_evidence evidence{f.labels, f.planted.match, nullptr, &f.hub};
  const auto found = scores_of(evidence, mll::fit_discriminant(mll::exec::sequential{}, evidence, f.all));

  // From the definition, in double precision.
  const Eigen::ArrayXXd log_odds = evidence.log_odds(mll::exec::sequential{}, f.all).cast<double>();
  Eigen::MatrixXd x = ((1 + (-log_odds).exp()).inverse() + 0.003).log().matrix();
  x.rowwise() += f.hub.log_width;
  const Eigen::MatrixXd inverse = f.hub.shrunk_covariance(f.all).inverse();
  const double trust = 30 / (1.5 * 30 + 10);
  Eigen::MatrixXd expected(90, 3);
  for (Eigen::Index y = 0; y < 3; ++y) {
    const Eigen::RowVectorXd prior = f.hub.expected_response(mll::node_id{static_cast<std::size_t>(y)});
    const Eigen::RowVectorXd mean = prior + trust * (x.middleRows(30 * y, 30).colwise().mean() - prior);
    for (Eigen::Index r = 0; r < 90; ++r) {
      const Eigen::RowVectorXd off = x.row(r) - mean;
      expected(r, y) = -0.5 * (off * inverse * off.transpose())(0, 0);
    }
  }
  for (Eigen::Index r = 0; r < 90; ++r) {
    const double top = expected.row(r).maxCoeff();
    const double all = top + std::log((expected.row(r).array() - top).exp().sum());
    for (Eigen::Index y = 0; y < 3; ++y)
      CHECK(static_cast<double>(found(r, y)) == doctest::Approx(expected(r, y) - all).epsilon(1e-3));
  }
}

TEST_CASE("without a profile there is no discriminant") {
  const fixture f;
  CHECK_THROWS_WITH_AS(
      (void)mll::fit_discriminant(mll::exec::sequential{}, mll::task_evidence{f.labels, f.planted.match},
                                  f.all),
      "profile: expected a profile of the hub (mll::profile), in the options of select, found none",
      mll::invalid_argument);
}

TEST_CASE_TEMPLATE("the discriminant is the same on every backend", Backend, MLL_TEST_BACKENDS) {
  const fixture f;
  const mll::task_evidence evidence{f.labels, f.planted.match, nullptr, &f.hub};
  const auto expected = mll::fit_discriminant(mll::exec::sequential{}, evidence, f.all);
  const auto found = mll::fit_discriminant(Backend{}, evidence, f.all);
  CHECK(found.weights == expected.weights);
  CHECK(found.bias == expected.bias);
}
