// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/combine/exhaustive_search.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/select/combine/greedy_search.hpp"
#include "support/backends.hpp"
#include "support/head_pools.hpp"

namespace {

using mll::test::candidates_of;

template <class Objective>
std::vector<std::vector<std::size_t>> exhaustive(const mll::test::owned_pool& pool) {
  return candidates_of(mll::exhaustive_search{}(mll::exec::sequential{}, pool.view(), Objective{}));
}

}  // namespace

TEST_CASE("exhaustive_search finds the optimum, and greedy_search does not exceed it") {
  mll::random_engine engine{41};
  double optimal_gain = 0;
  double greedy_gain = 0;
  for (int round = 0; round < 20; ++round) {
    const auto pool = mll::test::random_pool({3, 4, 2}, {4, 3, 4}, 1 + engine() % 3, 0.5, engine);
    double best = -std::numeric_limits<double>::infinity();
    double max_lead = 0;
    for (const auto& choice : mll::test::all_choices(pool)) {
      best = std::max(best, mll::test::log_likelihood_of(pool, choice));
      max_lead = std::max(max_lead, mll::test::lead_of(pool, choice));
    }
    const double found = mll::test::log_likelihood_of(pool, exhaustive<mll::log_likelihood>(pool));
    CHECK(found == doctest::Approx(best).epsilon(1e-6));
    CHECK(mll::test::lead_of(pool, exhaustive<mll::macro_accuracy>(pool)) == doctest::Approx(max_lead));

    const double greedy = mll::test::log_likelihood_of(
        pool,
        candidates_of(mll::greedy_search{}(mll::exec::sequential{}, pool.view(), mll::log_likelihood{})));
    CHECK(greedy <= best + 1e-6);
    const double start = mll::test::log_likelihood_of(pool, {{0}, {0}, {0}});
    CHECK(greedy >= start - 1e-6);
    optimal_gain += best - start;
    greedy_gain += greedy - start;
  }
  CHECK(greedy_gain > 0.9 * optimal_gain);  // greedy with swaps is close to optimal on tiny pools
}

TEST_CASE("both searches return the only choice if there is one candidate per class") {
  mll::random_engine engine{42};
  const auto pool = mll::test::random_pool({3, 3}, {1, 1}, 3, 1, engine);
  const std::vector<std::vector<std::size_t>> only{{0}, {0}};
  CHECK(exhaustive<mll::log_likelihood>(pool) == only);
  CHECK(candidates_of(mll::greedy_search{}(mll::exec::sequential{}, pool.view(), mll::log_likelihood{})) ==
        only);
}

TEST_CASE("exhaustive_search chooses at most heads_per_class heads") {
  mll::random_engine engine{43};
  for (std::size_t budget = 1; budget <= 5; ++budget) {
    const auto pool = mll::test::random_pool({6, 6}, {4, 3}, budget, 3, engine);
    for (const auto& chosen : exhaustive<mll::log_likelihood>(pool)) {
      CHECK(!chosen.empty());
      CHECK(chosen.size() <= budget);
    }
  }
}

TEST_CASE("exhaustive_search throws if there are more combinations than its limit") {
  mll::random_engine engine{44};
  const auto pool = mll::test::random_pool({2, 2}, {4, 4}, 2, 1, engine);  // (4 + 6)^2 combinations
  const mll::exhaustive_search just_enough{.limit = 100};
  CHECK_NOTHROW((void)just_enough(mll::exec::sequential{}, pool.view(), mll::log_likelihood{}));
  const mll::exhaustive_search too_few{.limit = 99};
  CHECK_THROWS_WITH_AS((void)too_few(mll::exec::sequential{}, pool.view(), mll::log_likelihood{}),
                       "pool: expected at most 99 combinations, found 100", mll::invalid_argument);
}

TEST_CASE_TEMPLATE("exhaustive_search is the same on every backend", Backend, MLL_TEST_BACKENDS) {
  mll::random_engine engine{45};
  const auto pool = mll::test::random_pool({5, 5, 5}, {4, 4, 4}, 2, 0.5, engine);
  CHECK(candidates_of(mll::exhaustive_search{}(Backend{}, pool.view(), mll::log_likelihood{})) ==
        exhaustive<mll::log_likelihood>(pool));
}
