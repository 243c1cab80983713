// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/estimate/detail/weigh_sources.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

namespace {

// Sources that know the class with the given strengths; a negative strength: the source is absent.
mll::detail::scores_by_source planted_sources(const std::vector<double>& strengths,
                                              std::vector<mll::example>& rows) {
  mll::random_engine engine{5};
  boost::random::normal_distribution<double> normal;
  rows.clear();
  for (std::size_t r = 0; r < 400; ++r) rows.push_back({r, mll::class_id{r % 4}, 0.01F});
  mll::detail::scores_by_source out;
  for (std::size_t k = 0; k < strengths.size(); ++k) {
    if (strengths[k] < 0) continue;
    out[k].resize(400, 4);
    for (Eigen::Index r = 0; r < 400; ++r) {
      for (Eigen::Index y = 0; y < 4; ++y)
        out[k](r, y) = static_cast<float>(normal(engine) + (r % 4 == y ? strengths[k] : 0));
    }
  }
  return out;
}

double source_loss(const mll::detail::scores_by_source& scores, const std::vector<mll::example>& rows,
                   const mll::detail::weight_by_source& a) {
  const auto total = mll::detail::weighted_scores(scores, a, 400, 4);
  double out = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    double sum = 0;
    for (Eigen::Index y = 0; y < 4; ++y)
      sum += std::exp(static_cast<double>(total(static_cast<Eigen::Index>(r), y)));
    out -= static_cast<double>(
               total(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(rows[r].target.index()))) -
           std::log(sum);
  }
  return out / 400;
}

}  // namespace

TEST_CASE("weights near the fitted ones are not better") {
  std::vector<mll::example> rows;
  const auto scores = planted_sources({1.5, 0.7, 0}, rows);
  const auto a = mll::detail::fit_source_weights(mll::exec::sequential{}, scores, rows, {0.4, 0.4, 0.2}, 0);
  CHECK(a[0] > 1);
  CHECK(a[1] > 0.4);
  CHECK(a[2] < 0.15);  // knows nothing
  for (std::size_t k = 0; k < 3; ++k) {
    for (const double step : {-0.02, 0.02}) {
      auto other = a;
      other[k] = std::max(0.0, other[k] + step);
      CHECK(source_loss(scores, rows, other) >= source_loss(scores, rows, a) - 1e-6);
    }
  }
}

TEST_CASE("a strong ridge keeps the prior weights; absent sources have weight 0") {
  std::vector<mll::example> rows;
  const auto scores = planted_sources({1.5, -1, 0.5}, rows);
  const mll::detail::weight_by_source prior{0.4, 0.4, 0.2};
  const auto a = mll::detail::fit_source_weights(mll::exec::sequential{}, scores, rows, prior, 1e4);
  CHECK(a[0] == doctest::Approx(0.4).epsilon(0.01));
  CHECK(a[1] == 0);
  CHECK(a[2] == doctest::Approx(0.2).epsilon(0.01));
}

TEST_CASE_TEMPLATE("source weights are the same on every backend", Backend, MLL_TEST_BACKENDS) {
  std::vector<mll::example> rows;
  const auto scores = planted_sources({1, 0.5, 0.3}, rows);
  const mll::detail::weight_by_source prior{0.4, 0.4, 0.2};
  CHECK(mll::detail::fit_source_weights(Backend{}, scores, rows, prior, 0.1) ==
        mll::detail::fit_source_weights(mll::exec::sequential{}, scores, rows, prior, 0.1));
}
