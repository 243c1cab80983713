// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/dist/deal.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "mll/core/random.hpp"

namespace {

// The load of the busiest rank.
double makespan(const std::vector<double>& costs, const std::vector<std::size_t>& rank_of,
                std::size_t ranks) {
  std::vector<double> load(ranks, 0);
  for (std::size_t i = 0; i < costs.size(); ++i) load[rank_of[i]] += costs[i];
  return *std::max_element(load.begin(), load.end());
}

// The least busy busiest rank, by trying everything.
double best_makespan(const std::vector<double>& costs, std::size_t ranks) {
  std::size_t ways = 1;
  for (std::size_t i = 0; i < costs.size(); ++i) ways *= ranks;
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t way = 0; way < ways; ++way) {
    std::vector<std::size_t> rank_of;
    for (std::size_t i = 0, left = way; i < costs.size(); ++i, left /= ranks) rank_of.push_back(left % ranks);
    best = std::min(best, makespan(costs, rank_of, ranks));
  }
  return best;
}

}  // namespace

TEST_CASE("deal gives the most costly piece to the rank with the least to do") {
  CHECK(mll::dist::deal(std::vector<double>{1, 5, 2, 5, 4}, 2) == std::vector<std::size_t>{1, 0, 1, 1, 0});
  CHECK(mll::dist::deal(std::vector<double>{3, 3, 3}, 5) == std::vector<std::size_t>{0, 1, 2});
  CHECK(mll::dist::deal(std::vector<double>{}, 3).empty());
}

TEST_CASE("deal is within a third of the best division") {
  mll::random_engine engine{5};
  for (int trial = 0; trial < 30; ++trial) {
    std::vector<double> costs(7);
    for (double& cost : costs) cost = static_cast<double>(engine() % 50);
    for (const std::size_t ranks : {2U, 3U}) {
      CHECK(makespan(costs, mll::dist::deal(costs, ranks), ranks) <= 4.0 / 3 * best_makespan(costs, ranks));
    }
  }
}

TEST_CASE("deal refuses no ranks and costs that are not numbers") {
  CHECK_THROWS_AS(static_cast<void>(mll::dist::deal(std::vector<double>{1}, 0)), mll::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(mll::dist::deal(std::vector<double>{-1}, 2)), mll::invalid_argument);
  CHECK_THROWS_AS(
      static_cast<void>(mll::dist::deal(std::vector<double>{std::numeric_limits<double>::quiet_NaN()}, 2)),
      mll::invalid_argument);
}
