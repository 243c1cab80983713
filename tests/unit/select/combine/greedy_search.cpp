// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/combine/greedy_search.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/exec/sequential.hpp"
#include "support/backends.hpp"
#include "support/coded_pools.hpp"
#include "support/head_pools.hpp"

namespace {

using mll::test::candidates_of;
using mll::test::log_likelihood_of;

std::vector<std::vector<mll::head_pick>> search(const mll::test::owned_pool& pool,
                                                const mll::greedy_search& how = {}) {
  return how(mll::exec::sequential{}, pool.view(), mll::log_likelihood{});
}

// A choice and its objective.
struct evaluated_choice {
  std::vector<std::vector<std::size_t>> chosen;
  double objective = 0;
};

bool has(const std::vector<std::size_t>& values, std::size_t value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// Greedy forward selection and swaps by their definition; every objective from scratch.
evaluated_choice search_by_definition(const mll::test::owned_pool& pool, std::size_t max_swaps) {
  evaluated_choice at{std::vector<std::vector<std::size_t>>(pool.logits.size(), {0}), 0};
  at.objective = log_likelihood_of(pool, at.chosen);
  const auto improve = [&](bool add) {
    evaluated_choice best = at;
    for (std::size_t y = 0; y < at.chosen.size(); ++y) {
      if (add && at.chosen[y].size() == pool.heads_per_class) continue;
      for (std::size_t slot = 0; slot < (add ? 1 : at.chosen[y].size()); ++slot) {
        for (std::size_t c = 0; c < static_cast<std::size_t>(pool.logits[y].cols()); ++c) {
          if (has(at.chosen[y], c)) continue;
          auto next = at.chosen;
          if (add) {
            next[y].push_back(c);
          } else {
            next[y][slot] = c;
          }
          const double value = log_likelihood_of(pool, next);
          if (value > best.objective) best = {next, value};
        }
      }
    }
    const bool better = best.objective > at.objective + 1e-6;
    if (better) at = best;
    return better;
  };
  while (improve(true)) {
  }
  for (std::size_t i = 0; i < max_swaps && improve(false); ++i) {
  }
  return at;
}

}  // namespace

TEST_CASE("greedy_search makes the moves of its definition") {
  mll::random_engine engine{31};
  for (int round = 0; round < 25; ++round) {
    const auto pool = mll::test::random_pool({4, 6, 3}, {5, 4, 6}, 1 + engine() % 3, 0.5, engine);
    const auto found = candidates_of(search(pool));
    const evaluated_choice expected = search_by_definition(pool, 12);
    CHECK(found == expected.chosen);
    CHECK(log_likelihood_of(pool, found) == doctest::Approx(expected.objective));
  }
}

TEST_CASE("lazy greedy_search chooses the same as evaluation of every head in every step") {
  mll::random_engine engine{32};
  for (int round = 0; round < 10; ++round) {
    const auto pool = mll::test::random_pool(std::vector<std::size_t>(60, 4), std::vector<std::size_t>(60, 6),
                                             3, 0.5, engine);
    const auto lazy = search(pool);
    const auto plain = search(pool, {.bound_inflation = std::numeric_limits<double>::infinity()});
    CHECK(candidates_of(lazy) == candidates_of(plain));
  }
  CHECK_THROWS_AS(static_cast<void>(
                      search(mll::test::random_pool({4, 4}, {2, 2}, 1, 1, engine), {.bound_inflation = -1})),
                  mll::invalid_argument);
}

TEST_CASE("greedy_search chooses the same from coded responses as from logits") {
  mll::random_engine engine{33};
  for (int round = 0; round < 10; ++round) {
    const auto pool = mll::test::random_coded_pool(std::vector<std::size_t>(20, 6), 6, 3, engine);
    const auto coded = mll::greedy_search{}(mll::exec::sequential{}, pool.view(), mll::log_likelihood{});
    CHECK(candidates_of(coded) == candidates_of(search(pool.decoded())));
    const auto plain = mll::greedy_search{.bound_inflation = std::numeric_limits<double>::infinity()}(
        mll::exec::sequential{}, pool.view(), mll::log_likelihood{});
    CHECK(candidates_of(coded) == candidates_of(plain));
  }
}

TEST_CASE("the gains of greedy_search sum to the increase of the objective") {
  mll::random_engine engine{32};
  for (int round = 0; round < 20; ++round) {
    const auto pool = mll::test::random_pool({5, 5, 5}, {6, 6, 6}, 4, 0.5, engine);
    const auto picks = search(pool, {.max_swaps_per_class = 0});
    double gains = 0;
    for (const auto& list : picks) {
      CHECK(list[0].gain == 0);
      for (std::size_t i = 1; i < list.size(); ++i) {
        CHECK(list[i].gain > 0);
        gains += static_cast<double>(list[i].gain);
      }
    }
    const double start = log_likelihood_of(pool, {{0}, {0}, {0}});
    const double forward = log_likelihood_of(pool, candidates_of(picks));
    CHECK(start + gains == doctest::Approx(forward).epsilon(1e-4));
    CHECK(forward >= start);
    // Swaps never lower the objective.
    CHECK(log_likelihood_of(pool, candidates_of(search(pool, {.max_swaps_per_class = 1}))) >= forward - 1e-9);
    CHECK(log_likelihood_of(pool, candidates_of(search(pool))) >= forward - 1e-9);
  }
}

TEST_CASE("greedy_search chooses at most heads_per_class heads, all distinct") {
  mll::random_engine engine{33};
  for (std::size_t budget = 1; budget <= 7; ++budget) {
    const auto pool = mll::test::random_pool({6, 6}, {5, 3}, budget, 2, engine);
    const auto chosen = candidates_of(search(pool));
    for (std::size_t y = 0; y < 2; ++y) {
      CHECK(!chosen[y].empty());
      CHECK(chosen[y].size() <=
            std::min<std::size_t>(budget, static_cast<std::size_t>(pool.logits[y].cols())));
      auto sorted = chosen[y];
      std::sort(sorted.begin(), sorted.end());
      CHECK(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end());
    }
  }
}

TEST_CASE("greedy_search finds complementary heads") {
  // Each of the first two heads of class 0 recognises one half of its samples, the third neither.
  mll::test::owned_pool pool{mll::test::rows_of(std::vector<std::size_t>{4, 4}), {}, 2};
  Eigen::ArrayXXf logits(8, 3);
  logits << 6, -2, 0,  //
      6, -2, 0,        //
      -2, 6, 0,        //
      -2, 6, 0,        //
      -2, -2, 0,       //
      -2, -2, 0,       //
      -2, -2, 0,       //
      -2, -2, 0;
  pool.logits = {logits, Eigen::ArrayXXf::Zero(8, 1)};
  auto chosen = candidates_of(search(pool));
  std::sort(chosen[0].begin(), chosen[0].end());
  CHECK(chosen[0] == std::vector<std::size_t>{0, 1});
}

TEST_CASE("greedy_search does not add copies of a chosen head") {
  mll::random_engine engine{34};
  auto pool = mll::test::random_pool({7, 7}, {1, 1}, 3, 1, engine);
  for (auto& logits : pool.logits) logits = logits.replicate(1, 4).eval();
  CHECK(candidates_of(search(pool)) == std::vector<std::vector<std::size_t>>{{0}, {0}});
}

TEST_CASE_TEMPLATE("greedy_search is the same on every backend and thread count", Backend,
                   MLL_TEST_BACKENDS) {
  mll::random_engine engine{35};
  for (int round = 0; round < 5; ++round) {
    const auto pool = mll::test::random_pool({9, 9, 9, 9}, {12, 12, 12, 12}, 3, 0.3, engine);
    const auto expected = search(pool);
    const auto compare = [&](const auto& backend) {
      const auto found = mll::greedy_search{}(backend, pool.view(), mll::log_likelihood{});
      REQUIRE(candidates_of(found) == candidates_of(expected));
      for (std::size_t y = 0; y < found.size(); ++y) {
        for (std::size_t i = 0; i < found[y].size(); ++i) CHECK(found[y][i].gain == expected[y][i].gain);
      }
    };
    compare(Backend{});
    if constexpr (std::is_constructible_v<Backend, std::size_t>) {
      compare(Backend{1});
      compare(Backend{2});
    }
  }
}
