// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/graph/information_content.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "support/graphs.hpp"
#include "support/wordnet.hpp"

using mll::node_id;

TEST_CASE_TEMPLATE("information_content agrees with its definition", Graph, MLL_TEST_GRAPHS) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const std::size_t n = 5 + 5 * seed;
    const auto plain = mll_test::random_dag(n, 0.15, seed);
    const auto dag = mll_test::make_dag<Graph>(plain);
    const auto up = mll_test::distances_up(plain);
    std::vector<double> counts;
    double total = 0;
    for (std::size_t i = 0; i < n; ++i) {
      counts.push_back(static_cast<double>((i * 7 + seed) % 5));
      total += counts.back() + 0.5;
    }
    const mll::information_content intrinsic{dag};
    const mll::information_content counted{dag, counts, {.smoothing = 0.5}};
    CHECK(intrinsic.size() == n);
    for (std::size_t v = 0; v < n; ++v) {
      double below = 0;
      double seen = 0;
      for (std::size_t u = 0; u < n; ++u) {
        if (up[u][v] == mll_test::unreachable) continue;
        below += u == v ? 0 : 1;
        seen += counts[u] + 0.5;
        CHECK(intrinsic[node_id{u}] >= intrinsic[node_id{v}]);
        CHECK(counted[node_id{u}] >= counted[node_id{v}]);
      }
      CHECK(intrinsic[node_id{v}] ==
            doctest::Approx(1 - std::log(below + 1) / std::log(static_cast<double>(n))));
      CHECK(counted[node_id{v}] == doctest::Approx(-std::log(seen / total)));
    }
    for (std::size_t a = 0; a < n; ++a) {
      for (std::size_t b = 0; b < n; ++b) {
        std::optional<node_id> best;
        for (std::size_t c = 0; c < n; ++c) {
          if (up[a][c] == mll_test::unreachable || up[b][c] == mll_test::unreachable) continue;
          if (!best || intrinsic[node_id{c}] > intrinsic[*best]) best = node_id{c};
        }
        CHECK(intrinsic.most_informative_common_ancestor(node_id{a}, node_id{b}) == best);
      }
    }
  }
}

TEST_CASE("the only node of a graph has no information content") {
  const auto dag = mll_test::make_dag<mll::compact_graph>(mll_test::random_dag(1, 0, 0));
  CHECK(mll::information_content{dag}[node_id{0}] == 0);
  CHECK(mll::information_content{dag, std::vector{3.0}}[node_id{0}] == 0);
}

TEST_CASE("information_content rejects invalid counts and smoothing") {
  const auto dag = mll_test::make_dag<mll::compact_graph>(mll_test::random_dag(3, 0.5, 0));
  const auto content = [&](std::vector<double> counts, double smoothing) {
    static_cast<void>(mll::information_content{dag, counts, {.smoothing = smoothing}});
  };
  CHECK_THROWS_WITH_AS(content({1, 2}, 1), "counts: expected 3 counts, one per node, found 2",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(content({1, 2, -1}, 1),
                       "counts: expected finite numbers of at least 0, found -1 at node 2",
                       mll::invalid_argument);
  CHECK_THROWS_AS(content({1, std::nan(""), 1}, 1), mll::invalid_argument);
  CHECK_THROWS_AS(content({1, std::numeric_limits<double>::infinity(), 1}, 1), mll::invalid_argument);
  CHECK_THROWS_WITH_AS(content({1, 2, 1}, 0), "smoothing: expected a finite number above 0, found 0",
                       mll::invalid_argument);
}
