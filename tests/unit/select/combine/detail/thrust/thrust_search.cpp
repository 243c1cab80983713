// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/combine/detail/thrust/thrust_search.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "mll/exec/detail/thrust_host.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/select/combine/greedy_search.hpp"
#include "support/backends.hpp"
#include "support/coded_pools.hpp"
#include "support/head_pools.hpp"

namespace {

using mll::test::candidates_of;

template <class Backend = mll::exec::sequential>
std::vector<std::vector<mll::head_pick>> search_by_thrust(const mll::test::owned_coded_pool& pool,
                                                          const mll::detail::lazy_greedy& steps = {},
                                                          const Backend& backend = {}) {
  return mll::detail::thrust_search{mll::exec::detail::thrust_host{backend}, pool.view(), steps}.run();
}

std::vector<std::vector<mll::head_pick>> host_picks(const mll::test::owned_coded_pool& pool,
                                                    const mll::greedy_search& search = {}) {
  return search(mll::exec::sequential{}, pool.view(), mll::log_likelihood{});
}

}  // namespace

TEST_CASE_TEMPLATE("the search by Thrust chooses the same as greedy_search", Backend, MLL_TEST_BACKENDS) {
  mll::random_engine engine{71};
  std::size_t chosen = 0;
  for (int round = 0; round < 20; ++round) {
    // One tile of rows or several; trees that are full or not; classes without rows.
    std::vector<std::size_t> counts(2 + engine() % 9);
    for (auto& count : counts) count = engine() % 80;
    counts[round % 2] = 5;
    const std::size_t per_class = 1 + engine() % 4;
    const auto pool = mll::test::random_coded_pool(counts, 1 + engine() % 20, per_class, engine);
    const auto expected = host_picks(pool);
    const auto found = search_by_thrust<Backend>(pool);
    REQUIRE(candidates_of(found) == candidates_of(expected));
    for (std::size_t y = 0; y < found.size(); ++y) {
      for (std::size_t i = 0; i < found[y].size(); ++i) {
        CHECK(std::abs(found[y][i].gain - expected[y][i].gain) < 1e-5F);
        ++chosen;
      }
    }
  }
  MESSAGE(chosen << " heads chosen");
}

TEST_CASE_TEMPLATE("the search by Thrust is bitwise the same on every policy", Backend, MLL_TEST_BACKENDS) {
  mll::random_engine engine{76};
  const auto pool = mll::test::random_coded_pool({33, 150, 41, 7, 60, 80, 12}, 14, 3, engine);
  const auto expected = search_by_thrust(pool);
  const auto found = search_by_thrust<Backend>(pool);
  REQUIRE(candidates_of(found) == candidates_of(expected));
  for (std::size_t y = 0; y < found.size(); ++y) {
    for (std::size_t i = 0; i < found[y].size(); ++i) CHECK(found[y][i].gain == expected[y][i].gain);
  }
}

TEST_CASE("a search by Thrust can run again") {
  mll::random_engine engine{77};
  const auto pool = mll::test::random_coded_pool({40, 30, 50}, 8, 3, engine);
  mll::detail::thrust_search search{mll::exec::detail::thrust_host{mll::exec::sequential{}}, pool.view()};
  const auto first = search.run();
  CHECK(candidates_of(search.run()) == candidates_of(first));
}

TEST_CASE("the search by Thrust follows its options and checks its arguments") {
  mll::random_engine engine{73};
  for (int round = 0; round < 4; ++round) {
    const auto pool = mll::test::random_coded_pool({40, 30, 50}, 12, 3, engine);
    for (const std::size_t max_swaps : {0U, 1U, 4U}) {
      CHECK(candidates_of(search_by_thrust(pool, {.max_swaps_per_class = max_swaps})) ==
            candidates_of(host_picks(pool, {.max_swaps_per_class = max_swaps})));
    }
    CHECK(candidates_of(search_by_thrust(pool, {.min_gain = 0.05})) ==
          candidates_of(host_picks(pool, {.min_gain = 0.05})));
    const double eager = std::numeric_limits<double>::infinity();
    CHECK(candidates_of(search_by_thrust(pool, {.bound_inflation = eager})) ==
          candidates_of(host_picks(pool, {.bound_inflation = eager})));
  }
  auto pool = mll::test::random_coded_pool({4, 4}, 3, 2, engine);
  CHECK_THROWS_WITH_AS(search_by_thrust(pool, {.bound_inflation = -1}),
                       "bound_inflation: expected at least 0, found -1", mll::invalid_argument);
  pool.candidates[1].clear();
  CHECK_THROWS_WITH_AS(search_by_thrust(pool),
                       "pool: expected at least 1 candidate per class, found 0 for class 1",
                       mll::invalid_argument);
}

TEST_CASE("the search by Thrust takes the first of equal candidates") {
  mll::random_engine engine{74};
  std::size_t second = 0;
  for (int round = 0; round < 8; ++round) {
    auto pool = mll::test::random_coded_pool({30, 30, 30}, 2, 1, engine);
    for (auto& of_class : pool.candidates) {
      of_class.push_back(of_class[1]);
      of_class.push_back(of_class[1]);
    }
    for (const auto& list : candidates_of(search_by_thrust(pool))) {
      for (const std::size_t candidate : list) {
        CHECK(candidate < 2);
        second += candidate;
      }
    }
  }
  CHECK(second > 0);  // otherwise nothing was tested
}

TEST_CASE("the search by Thrust stays finite on saturated responses") {
  mll::random_engine engine{75};
  auto pool = mll::test::random_coded_pool({20, 20, 20}, 6, 3, engine);
  for (auto& of_class : pool.candidates) {
    for (auto& head : of_class) {
      head.slope *= 40;
      for (std::size_t i = 0; i < head.codes.size(); i += 3) head.codes[i] = i % 2 == 0 ? 0 : 255;
    }
  }
  for (const auto& list : search_by_thrust(pool)) {
    CHECK(!list.empty());
    for (const auto& pick : list) CHECK(std::isfinite(pick.gain));
  }
}
