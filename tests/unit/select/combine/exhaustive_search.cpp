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

TEST_CASE("exhaustive_search finds the best of all choices, and greedy_search none better") {
  mll::random_engine engine{41};
  double excess = 0;
  double rise_of_greedy = 0;
  for (int round = 0; round < 20; ++round) {
    const auto pool = mll::test::random_pool({3, 4, 2}, {4, 3, 4}, 1 + engine() % 3, 0.5, engine);
    double best = -std::numeric_limits<double>::infinity();
    double most_leads = 0;
    for (const auto& choice : mll::test::all_choices(pool)) {
      best = std::max(best, mll::test::log_likelihood_of(pool, choice));
      most_leads = std::max(most_leads, mll::test::lead_of(pool, choice));
    }
    const double found = mll::test::log_likelihood_of(pool, exhaustive<mll::log_likelihood>(pool));
    CHECK(found == doctest::Approx(best).epsilon(1e-6));
    CHECK(mll::test::lead_of(pool, exhaustive<mll::macro_accuracy>(pool)) == doctest::Approx(most_leads));

    const double greedy = mll::test::log_likelihood_of(
        pool,
        candidates_of(mll::greedy_search{}(mll::exec::sequential{}, pool.view(), mll::log_likelihood{})));
    CHECK(greedy <= best + 1e-6);
    const double start = mll::test::log_likelihood_of(pool, {{0}, {0}, {0}});
    CHECK(greedy >= start - 1e-6);
    excess += best - start;
    rise_of_greedy += greedy - start;
  }
  CHECK(rise_of_greedy > 0.9 * excess);  // greedy with exchanges is seldom far off on tiny pools
}

TEST_CASE("one candidate a class leaves both searches no choice") {
  mll::random_engine engine{42};
  const auto pool = mll::test::random_pool({3, 3}, {1, 1}, 3, 1, engine);
  const std::vector<std::vector<std::size_t>> only{{0}, {0}};
  CHECK(exhaustive<mll::log_likelihood>(pool) == only);
  CHECK(candidates_of(mll::greedy_search{}(mll::exec::sequential{}, pool.view(), mll::log_likelihood{})) ==
        only);
}

TEST_CASE("exhaustive_search keeps to the budget") {
  mll::random_engine engine{43};
  for (std::size_t budget = 1; budget <= 5; ++budget) {
    const auto pool = mll::test::random_pool({6, 6}, {4, 3}, budget, 3, engine);
    for (const auto& chosen : exhaustive<mll::log_likelihood>(pool)) {
      CHECK(!chosen.empty());
      CHECK(chosen.size() <= budget);
    }
  }
}

TEST_CASE("exhaustive_search refuses more combinations than its limit") {
  mll::random_engine engine{44};
  const auto pool = mll::test::random_pool({2, 2}, {4, 4}, 2, 1, engine);  // (4 + 6)^2 combinations
  const mll::exhaustive_search just_enough{.limit = 100};
  CHECK_NOTHROW((void)just_enough(mll::exec::sequential{}, pool.view(), mll::log_likelihood{}));
  const mll::exhaustive_search too_few{.limit = 99};
  CHECK_THROWS_WITH_AS((void)too_few(mll::exec::sequential{}, pool.view(), mll::log_likelihood{}),
                       "pool: expected at most 99.000000 combinations, found 100.000000",
                       mll::invalid_argument);
}

TEST_CASE_TEMPLATE("exhaustive_search is the same on every backend", Backend, MLL_TEST_BACKENDS) {
  mll::random_engine engine{45};
  const auto pool = mll::test::random_pool({5, 5, 5}, {4, 4, 4}, 2, 0.5, engine);
  CHECK(candidates_of(mll::exhaustive_search{}(Backend{}, pool.view(), mll::log_likelihood{})) ==
        exhaustive<mll::log_likelihood>(pool));
}
