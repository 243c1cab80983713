// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/model/precomputed_scores.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "mll/core/xtensor.hpp"

using mll::precomputed_scores;

TEST_CASE("samples are row numbers, from Eigen or xtensor") {
  mll::matrix<float> table(3, 2);
  table << 0, 1, 0.25F, 0.75F, 0.5F, 0.125F;
  const auto check = [](const precomputed_scores& model) {
    CHECK(model.sample_count() == 3);
    CHECK(model.head_count() == 2);
    CHECK(model.head_name(1) == "b");
    mll::matrix<float> scores(3, 2);
    model.predict(std::vector<std::size_t>{2, 0, 2}, scores);
    CHECK(scores(0, 0) == 0.5F);
    CHECK(scores(1, 1) == 1);
    CHECK(scores(2, 1) == 0.125F);
    mll::matrix<float> none(0, 2);
    model.predict({}, none);
  };
  check(precomputed_scores{{"a", "b"}, table});
  const xt::xtensor<float, 2> tensor{{0, 1}, {0.25F, 0.75F}, {0.5F, 0.125F}};
  check(precomputed_scores{{"a", "b"}, mll::as_matrix(tensor)});
  const Eigen::MatrixXf columns = table;
  check(precomputed_scores{{"a", "b"}, columns});
}

TEST_CASE("bad arguments are named") {
  const auto make = [](std::vector<std::string> names, const mll::matrix<float>& table) {
    return precomputed_scores{std::move(names), table};
  };
  CHECK_THROWS_WITH_AS(make({"a"}, mll::matrix<float>::Zero(3, 2)),
                       "scores: expected 1 columns, one per head name, found 2", mll::invalid_argument);
  CHECK_THROWS_WITH_AS(make({}, mll::matrix<float>::Zero(3, 0)),
                       "head_names: expected at least one name, found none", mll::invalid_argument);
  for (const float bad :
       {-0.5F, 1.5F, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    mll::matrix<float> table = mll::matrix<float>::Zero(3, 2);
    table(2, 1) = bad;
    CHECK_THROWS_AS(make({"a", "b"}, table), mll::invalid_argument);
  }
  mll::matrix<float> table = mll::matrix<float>::Zero(2, 1);
  table(1, 0) = 2;
  CHECK_THROWS_WITH_AS(make({"a"}, table), "scores: expected scores in [0, 1], found 2 in row 1, column 0",
                       mll::invalid_argument);
  mll::matrix<float> scores(2, 1);
  CHECK_THROWS_WITH_AS(
      make({"a"}, mll::matrix<float>::Zero(2, 1)).predict(std::vector<std::size_t>{1, 2}, scores),
      "batch: expected row numbers below 2, found 2 at position 1", mll::invalid_argument);
}
