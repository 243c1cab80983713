// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/profile/dense_algebra.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/profile/detail/host_algebra.hpp"
#include "mll/profile/profile.hpp"
#include "mll/select/select.hpp"
#include "support/planted_names.hpp"

namespace {

using mll::test::planted_model;

/// The host's algebra, which counts its calls.
class counting_algebra final : public mll::dense_algebra {
 public:
  mll::matrix<float> scatter(mll::exec::backend_ref backend, const mll::matrix<float>& rows,
                             double divisor) const override {
    ++covariances;
    return mll::detail::host_algebra{}.scatter(backend, rows, divisor);
  }
  void solve(Eigen::MatrixXd a, Eigen::MatrixXd& b) const override {
    ++equations;
    mll::detail::host_algebra{}.solve(std::move(a), b);
  }

  mutable std::atomic<std::size_t> covariances = 0;
  mutable std::atomic<std::size_t> equations = 0;
};

}  // namespace

TEST_CASE("a profile and the tasks that use it compute where its algebra does") {
  const std::vector<planted_model> models{
      {{0, 2}, {1, 2}}, {{2, 2}, {3, 2}, {4, 1}}, {{1, 1}, {4, 2}}, {{0, 1}, {3, 1}}};
  const auto planted = mll::test::plant(std::vector<std::size_t>(5, 12), models, 3);
  const auto graph = mll::test::named_graph(5);
  const auto labels = mll::test::named_labels(planted, models);
  const mll::exec::sequential backend;
  const auto counting = std::make_shared<const counting_algebra>();
  const mll::hub_profile counted = mll::profile(backend, labels, graph, {.algebra = counting});
  CHECK(counting->covariances == 1);
  CHECK(counted.algebra == counting);

  const mll::hub_profile usual = mll::profile(backend, labels, graph);
  CHECK(std::equal(usual.covariance.data(), usual.covariance.data() + usual.covariance.size(),
                   counted.covariance.data()));
  const mll::chco<> method{.budget = mll::experts{2}};
  const auto expected = mll::select(backend, labels, planted.match, {.method = method, .profile = &usual});
  const auto found = mll::select(backend, labels, planted.match, {.method = method, .profile = &counted});
  CHECK(counting->equations > 1);    // of the selection, and of the folds of its estimate
  CHECK(counting->covariances > 1);  // of what the folds leave out
  CHECK(found.ensemble.heads == expected.ensemble.heads);
  CHECK(found.ensemble.temperature == expected.ensemble.temperature);
  CHECK(found.estimate->accuracy == expected.estimate->accuracy);
}

TEST_CASE("an algebra that only has scatter computes products of two matrices by it") {
  mll::random_engine engine{143};
  mll::matrix<float> left(40, 3);
  mll::matrix<float> rows(40, 60);
  for (mll::matrix<float>* const each : {&left, &rows}) {
    for (Eigen::Index i = 0; i < each->size(); ++i)
      each->data()[i] = static_cast<float>(mll::test::uniform(engine, -1, 1));
  }
  const counting_algebra counting;
  const mll::matrix<float> found = counting.cross_scatter(mll::exec::sequential{}, left, rows, 5);
  CHECK(counting.covariances == 1);
  const Eigen::MatrixXd expected = left.cast<double>().transpose() * rows.cast<double>() / 5;
  REQUIRE(found.rows() == 3);
  REQUIRE(found.cols() == 60);
  CHECK((found.cast<double>() - expected).cwiseAbs().maxCoeff() < 1e-5);
}
