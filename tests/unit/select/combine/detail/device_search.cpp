// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/combine/detail/device_search.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/select/combine/greedy_search.hpp"
#include "support/backends.hpp"
#include "support/coded_pools.hpp"
#include "support/head_pools.hpp"
#include "support/host_grid.hpp"

namespace {

using mll::test::candidates_of;
using picks = std::vector<std::vector<mll::head_pick>>;

template <class Backend, bool Backwards = true>
picks on_grid(const mll::test::owned_coded_pool& pool, const mll::detail::lazy_greedy& rules = {}) {
  return mll::detail::device_search{mll::test::host_grid<Backend, Backwards>{}, pool.view(), rules}.run();
}

picks on_host(const mll::test::owned_coded_pool& pool, const mll::greedy_search& search = {}) {
  return search(mll::exec::sequential{}, pool.view(), mll::log_likelihood{});
}

}  // namespace

TEST_CASE_TEMPLATE("device_search chooses the same as greedy_search", Backend, MLL_TEST_BACKENDS) {
  mll::random_engine engine{61};
  std::size_t chosen = 0;
  for (int round = 0; round < 12; ++round) {
    // One block of rows or several; trees that are full or not.
    std::vector<std::size_t> counts(2 + engine() % 9);
    for (auto& count : counts) count = 1 + engine() % 60;
    const std::size_t per_class = 1 + engine() % 4;
    const auto pool = mll::test::random_coded_pool(counts, 1 + engine() % 20, per_class, engine);
    const auto expected = on_host(pool);
    const auto found = on_grid<Backend>(pool);
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

TEST_CASE("device_search reaches what greedy_search reaches on a thousand pools") {
  // Upper bounds are estimates, so that the order of evaluation can decide which of two moves is seen. Where
  // picks differ, neither side is better in general.
  mll::random_engine engine{67};
  std::size_t equal = 0;
  double greatest = 0;
  for (int round = 0; round < 1000; ++round) {
    std::vector<std::size_t> counts(2 + engine() % 7);
    for (auto& count : counts) count = 2 + engine() % 12;
    const auto pool = mll::test::random_coded_pool(counts, 2 + engine() % 8, 1 + engine() % 3, engine);
    const auto expected = on_host(pool);
    const auto found = on_grid<mll::exec::sequential>(pool);
    const auto objective = [&](const picks& chosen) {
      const mll::head_pool view = pool.view();
      mll::detail::coded_scores<> state{mll::exec::sequential{}, view};
      for (std::size_t y = 0; y < chosen.size(); ++y) {
        for (std::size_t slot = 0; slot < chosen[y].size(); ++slot)
          state.apply(mll::exec::sequential{}, {y, slot, chosen[y][slot].candidate});
      }
      return state.objective();
    };
    if (candidates_of(found) == candidates_of(expected)) {
      ++equal;
    } else {
      greatest = std::max(greatest, std::abs(objective(found) - objective(expected)));
    }
  }
  MESSAGE(equal << " of 1000 equal; greatest difference of the objective " << greatest);
  CHECK(equal >= 995);
  CHECK(greatest < 1e-3);
}

TEST_CASE("device_search does not depend on the order of threads") {
  mll::random_engine engine{66};
  const auto pool = mll::test::random_coded_pool({33, 50, 41, 7, 60, 80, 12}, 14, 3, engine);
  const auto backwards = on_grid<mll::exec::sequential, true>(pool);
  const auto forwards = on_grid<mll::exec::sequential, false>(pool);
  REQUIRE(candidates_of(backwards) == candidates_of(forwards));
  for (std::size_t y = 0; y < forwards.size(); ++y) {
    for (std::size_t i = 0; i < forwards[y].size(); ++i) CHECK(backwards[y][i].gain == forwards[y][i].gain);
  }
}

TEST_CASE("lazy device_search chooses the same as evaluation of every class in every step") {
  mll::random_engine engine{62};
  for (int round = 0; round < 4; ++round) {
    const auto pool = mll::test::random_coded_pool(std::vector<std::size_t>(17, 15), 9, 3, engine);
    const double eager = std::numeric_limits<double>::infinity();
    CHECK(candidates_of(on_grid<mll::exec::sequential>(pool)) ==
          candidates_of(on_grid<mll::exec::sequential>(pool, {.bound_inflation = eager})));
    CHECK(candidates_of(on_grid<mll::exec::sequential>(pool)) ==
          candidates_of(on_host(pool, {.bound_inflation = eager})));
  }
}

TEST_CASE("device_search follows its options and checks its arguments") {
  mll::random_engine engine{63};
  for (int round = 0; round < 4; ++round) {
    const auto pool = mll::test::random_coded_pool({40, 30, 50}, 12, 3, engine);
    for (const std::size_t max_swaps : {0U, 1U, 4U}) {
      CHECK(candidates_of(on_grid<mll::exec::sequential>(pool, {.max_swaps_per_class = max_swaps})) ==
            candidates_of(on_host(pool, {.max_swaps_per_class = max_swaps})));
    }
    CHECK(candidates_of(on_grid<mll::exec::sequential>(pool, {.min_gain = 0.05})) ==
          candidates_of(on_host(pool, {.min_gain = 0.05})));
  }
  auto pool = mll::test::random_coded_pool({4, 4}, 3, 2, engine);
  CHECK_THROWS_WITH_AS(on_grid<mll::exec::sequential>(pool, {.bound_inflation = -1}),
                       "bound_inflation: expected at least 0, found -1", mll::invalid_argument);
  pool.candidates[1].clear();
  CHECK_THROWS_WITH_AS(on_grid<mll::exec::sequential>(pool),
                       "pool: expected at least 1 candidate per class, found 0 for class 1",
                       mll::invalid_argument);
}

TEST_CASE("device_search takes the first of equal candidates") {
  mll::random_engine engine{64};
  std::size_t second = 0;
  for (int round = 0; round < 8; ++round) {
    auto pool = mll::test::random_coded_pool({30, 30, 30}, 2, 1, engine);
    for (auto& of_class : pool.candidates) {
      of_class.push_back(of_class[1]);
      of_class.push_back(of_class[1]);
    }
    for (const auto& list : candidates_of(on_grid<mll::exec::sequential>(pool))) {
      for (const std::size_t candidate : list) {
        CHECK(candidate < 2);
        second += candidate;
      }
    }
  }
  CHECK(second > 0);  // otherwise nothing was tested
}

TEST_CASE("device_search stays finite on saturated responses") {
  mll::random_engine engine{65};
  auto pool = mll::test::random_coded_pool({20, 20, 20}, 6, 3, engine);
  for (auto& of_class : pool.candidates) {
    for (auto& head : of_class) {
      head.slope *= 40;
      for (std::size_t i = 0; i < head.codes.size(); i += 3) head.codes[i] = i % 2 == 0 ? 0 : 255;
    }
  }
  for (const auto& list : on_grid<mll::exec::sequential>(pool)) {
    CHECK(!list.empty());
    for (const auto& pick : list) CHECK(std::isfinite(pick.gain));
  }
}
