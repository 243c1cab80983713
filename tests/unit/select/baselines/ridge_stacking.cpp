// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/baselines/ridge_stacking.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

TEST_CASE_TEMPLATE("ridge_stacking uses every head and beats chance by far on fresh samples", Backend,
                   MLL_TEST_BACKENDS) {
  const auto models = mll::test::mixed_hub(4, 4, 4, 0.8);
  const auto planted = mll::test::plant({25, 25, 25, 25}, models, 151);
  const auto fresh = mll::test::plant({250, 250, 250, 250}, models, 152);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const auto fitted = mll::ridge_stacking{}(Backend{}, evidence);
  CHECK(fitted.heads.size() == evidence.heads().size());
  REQUIRE(fitted.correction.has_value());
  for (const auto& votes : fitted.votes) CHECK(votes.empty());
  const double reached =
      mll::test::macro_accuracy_of(mll::combine(fitted, mll::test::log_odds_of(fresh, fitted)), fresh.truth);
  CHECK(reached > 0.7);

  // A stronger ridge shrinks the weights.
  const auto strict = mll::ridge_stacking{.lambda = 10}(Backend{}, evidence);
  CHECK(strict.correction->weights.norm() < fitted.correction->weights.norm() / 5);
  // Uninformative heads have smaller weights than the others.
  CHECK(fitted.correction->weights.topRows(16).norm() > 2 * fitted.correction->weights.bottomRows(16).norm());
}

TEST_CASE("ridge_stacking is the fit of fit_ridge_logistic on all heads") {
  const auto planted = mll::test::plant({5, 9}, mll::test::mixed_hub(2, 2, 1, 1), 153);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const auto fitted = mll::ridge_stacking{.lambda = 0.1}(mll::exec::sequential{}, evidence);
  const std::vector<std::uint32_t> all{0, 1, 2, 3, 4, 5};
  const auto expected = mll::detail::fit_ridge_logistic(evidence.log_odds(mll::exec::sequential{}, all),
                                                        evidence.rows(), 2, 0.1);
  CHECK(fitted.correction->weights == expected.weights);
  CHECK(fitted.correction->bias == expected.bias);
  CHECK(fitted.correction->strength == 1);
  CHECK(mll::ridge_stacking::name() == "ridge_stacking");
}

TEST_CASE("ridge_stacking refuses a ridge that is not positive") {
  const auto planted = mll::test::plant({2, 2}, {{{0}}}, 154);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  CHECK_THROWS_WITH_AS((void)mll::ridge_stacking{.lambda = 0}(mll::exec::sequential{}, evidence),
                       "lambda: expected a positive number, found 0", mll::invalid_argument);
  CHECK_THROWS_AS((void)mll::ridge_stacking{.lambda = -1}(mll::exec::sequential{}, evidence),
                  mll::invalid_argument);
}
