// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/baselines/entropy_weighted_f1.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/select/baselines/top_heads.hpp"
#include "support/backends.hpp"
#include "support/planted_labels.hpp"

namespace {

constexpr std::size_t nothing = mll::test::planted_head::nothing;

// Heads of a class, best first, as model and head number.
std::vector<mll::head_id> chosen(const mll::ensemble& fitted, std::size_t y) {
  std::vector<mll::head_id> out;
  for (const auto& v : fitted.votes[y]) out.push_back(fitted.heads[v.head]);
  return out;
}

}  // namespace

TEST_CASE_TEMPLATE("entropy_weighted_f1 with alpha 1 takes the heads that are best by F1", Backend,
                   MLL_TEST_BACKENDS) {
  const auto planted = mll::test::plant({12, 7, 15}, mll::test::mixed_hub(3, 5, 4, 0.7), 41);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const auto mixed = mll::entropy_weighted_f1{.count = 4, .alpha = 1}(Backend{}, evidence);
  const auto plain = mll::top_heads<mll::best_f1>{4}(Backend{}, evidence);
  for (std::size_t y = 0; y < 3; ++y) CHECK(chosen(mixed, y) == chosen(plain, y));
}

TEST_CASE("entropy_weighted_f1 prefers the head of the better expert, the more the smaller alpha") {
  // Both experts know class 0 about as well, the second a little better; only the first knows the rest.
  const std::vector<mll::test::planted_model> models{{{0, 2.0}, {1, 6.0}, {2, 6.0}},
                                                     {{0, 2.4}, {nothing}, {nothing}}};
  const auto planted = mll::test::plant({200, 200, 200}, models, 42);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const auto best = [&](double alpha) {
    const auto fitted =
        mll::entropy_weighted_f1{.count = 1, .alpha = alpha}(mll::exec::sequential{}, evidence);
    return chosen(fitted, 0).front().model.index();
  };
  CHECK(best(1) == 1);
  CHECK(best(0.5) == 0);
  CHECK(best(0) == 0);
}

TEST_CASE("entropy_weighted_f1 gives heads of low entropy larger weights") {
  // Both perfect, the second with responses nearer to 1/2.
  const std::vector<mll::test::planted_model> models{{{0, 4.0, 0, 0.1}, {1, 4.0, 0, 0.1}},
                                                     {{0, 1.0, 0, 0.1}, {1, 1.0, 0, 0.1}}};
  const auto planted = mll::test::plant({30, 30}, models, 43);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const auto fitted = mll::entropy_weighted_f1{.count = 2}(mll::exec::sequential{}, evidence);
  CHECK(fitted.scale == mll::vote_scale::probability);
  for (std::size_t y = 0; y < 2; ++y) {
    REQUIRE(fitted.votes[y].size() == 2);
    double sum = 0;
    for (const auto& v : fitted.votes[y]) {
      sum += static_cast<double>(v.weight);
      CHECK((fitted.heads[v.head].model.index() == 0) == (v.weight > 0.5F));
    }
    CHECK(sum == doctest::Approx(1));
  }
  CHECK(mll::test::macro_accuracy_of(mll::combine(fitted, mll::test::log_odds_of(planted, fitted)),
                                     planted.truth) == 1);
}

TEST_CASE("entropy_weighted_f1 refuses invalid options") {
  const auto planted = mll::test::plant({2, 2}, {{{0}}}, 44);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};
  const auto run = [&](mll::entropy_weighted_f1 how) { (void)how(mll::exec::sequential{}, evidence); };
  CHECK_THROWS_WITH_AS(run({.count = 0}), "count: expected at least 1 head per class, found 0",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(run({.alpha = 1.5}), "alpha: expected a number in [0, 1], found 1.5",
                       mll::invalid_argument);
  CHECK_THROWS_AS(run({.alpha = std::numeric_limits<double>::quiet_NaN()}), mll::invalid_argument);
}
