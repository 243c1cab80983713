// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/experts/fit_heads.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/profile/profile.hpp"
#include "mll/select/methods/chco.hpp"
#include "support/backends.hpp"
#include "support/planted_names.hpp"

namespace {

using mll::test::planted_head;
using mll::test::planted_model;

double accuracy_of(const mll::test::planted_task& planted, const mll::ensemble& fitted) {
  return mll::test::macro_accuracy_of(mll::combine(fitted, mll::test::log_odds_of(planted, fitted)),
                                      planted.truth);
}

}  // namespace

TEST_CASE("at most count heads per class, with weights that sum to 1 and slopes that are not negative") {
  const auto planted = mll::test::plant({15, 15, 15}, mll::test::mixed_hub(3, 4, 3, 1), 81);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  for (const std::size_t count : {1U, 2U, 3U, 100U}) {
    const auto fitted = mll::fit_heads(mll::exec::sequential{}, evidence, {.count = count});
    REQUIRE(fitted.votes.size() == 3);
    for (const auto& votes : fitted.votes) {
      CHECK(!votes.empty());
      CHECK(votes.size() <= std::min<std::size_t>(count, 21));
      float total = 0;
      for (const auto& v : votes) {
        total += v.weight;
        CHECK(v.weight > 0);
        CHECK(v.slope >= 0);
      }
      CHECK(total == doctest::Approx(1));
    }
    CHECK(accuracy_of(planted, fitted) > 0.7);
  }
}

TEST_CASE("more sweeps do not lower the penalised likelihood, and the fit beats its start") {
  const auto planted = mll::test::plant({40, 40, 40}, mll::test::mixed_hub(3, 3, 2, 0.7), 82);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const auto likelihood = [&](std::size_t sweeps) {
    const auto fitted = mll::fit_heads(mll::exec::sequential{}, evidence, {.sweeps = sweeps});
    const auto scores = mll::combine(fitted, mll::test::log_odds_of(planted, fitted));
    double total = 0;
    for (std::size_t r = 0; r < planted.truth.size(); ++r)
      total += static_cast<double>(
          scores(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(planted.truth[r])));
    return total / static_cast<double>(planted.truth.size());
  };
  CHECK(likelihood(15) > likelihood(0));
  CHECK(likelihood(30) == doctest::Approx(likelihood(60)).epsilon(1e-3));  // settled
}

TEST_CASE("of heads with the same responses only one is taken") {
  auto planted = mll::test::plant({10, 10}, {{{0}, {1}}}, 83);
  planted.responses.push_back(planted.responses[0]);
  const auto labels = planted.labels();
  const auto fitted =
      mll::fit_heads(mll::exec::sequential{}, mll::task_evidence{labels, planted.match}, {.count = 4});
  for (const auto& votes : fitted.votes) CHECK(votes.size() <= 2);
  for (const mll::head_id head : fitted.heads) CHECK(head.model == mll::model_id{0U});
}

TEST_CASE("names decide where samples are borrowed") {
  const std::vector<planted_model> models{{{0, 2}, {1, 2}, {2, 2}}, {{planted_head::nothing}, {1, 1}}};
  const auto planted = mll::test::plant({20, 20, 20}, models, 84);
  const auto labels = mll::test::named_labels(planted, models);
  const auto hub = mll::profile(mll::exec::sequential{}, labels, mll::test::named_graph(3));
  auto match = planted.match;
  for (std::size_t y = 0; y < 3; ++y) {
    match.classes[y].coverage = mll::coverage::neighbour_samples;
    match.classes[y].evidence = {{mll::node_id{(y + 1) % 3}, 0.5}};  // all samples are borrowed
  }
  const mll::task_evidence evidence{labels, match, nullptr, &hub};
  CHECK(mll::evidence_strength(evidence) == doctest::Approx(0.01));
  const auto fitted = mll::chco<>{.budget = mll::heads_per_class{1}}(mll::exec::sequential{}, evidence);
  for (std::size_t y = 0; y < 3; ++y) {
    REQUIRE(fitted.votes[y].size() == 1);
    CHECK(fitted.heads[fitted.votes[y][0].head].index == y);
  }
  CHECK(accuracy_of(planted, fitted) > 0.8);
}

TEST_CASE("a count of zero is refused") {
  const auto planted = mll::test::plant({3, 3}, {{{0}, {1}}}, 85);
  const auto labels = planted.labels();
  CHECK_THROWS_WITH_AS(
      (void)mll::fit_heads(mll::exec::sequential{}, mll::task_evidence{labels, planted.match}, {.count = 0}),
      "count: expected at least 1 head per class, found 0", mll::invalid_argument);
}

TEST_CASE_TEMPLATE("fit_heads is the same on every backend", Backend, MLL_TEST_BACKENDS) {
  const auto planted = mll::test::plant({15, 15, 15}, mll::test::mixed_hub(3, 4, 3, 1), 86);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const auto expected = mll::fit_heads(mll::exec::sequential{}, evidence);
  const auto found = mll::fit_heads(Backend{}, evidence);
  CHECK(found.heads == expected.heads);
  for (std::size_t y = 0; y < 3; ++y) {
    REQUIRE(found.votes[y].size() == expected.votes[y].size());
    for (std::size_t i = 0; i < found.votes[y].size(); ++i) {
      CHECK(found.votes[y][i].weight == expected.votes[y][i].weight);
      CHECK(found.votes[y][i].intercept == expected.votes[y][i].intercept);
    }
  }
}
