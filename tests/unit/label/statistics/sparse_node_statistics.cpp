// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/statistics/sparse_node_statistics.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "support/planted_labels.hpp"

using excesses = std::vector<mll::node_excess>;

TEST_CASE("sparse_node_statistics list excesses by head and by node") {
  const std::vector<excesses> heads{{{2, 10}, {0, 7}}, {}, {{2, 30}}, {{0, 7}, {2, 30}}};
  const mll::sparse_node_statistics table{4, heads};
  CHECK(table.node_count() == 4);
  CHECK(table.head_count() == 4);
  CHECK(table.excess_count() == 5);
  const auto head = table.of_head(0);
  CHECK(std::vector<mll::node_excess>{head.begin(), head.end()} == excesses{{0, 7}, {2, 10}});
  CHECK(table.of_head(1).empty());
  const auto at = [&](std::size_t v) {
    const auto found = table.at_node(v);
    return std::vector<mll::head_excess>{found.begin(), found.end()};
  };
  CHECK(at(0) == std::vector<mll::head_excess>{{0, 7}, {3, 7}});
  CHECK(at(1).empty());
  CHECK(at(2) == std::vector<mll::head_excess>{{2, 30}, {3, 30}, {0, 10}});
  CHECK(at(3).empty());
}

TEST_CASE("sparse_node_statistics of labels hold excesses over the median of the head") {
  mll::matrix<float> responses(5, 2);
  responses << 0.125F, 0.5F,  //
      0.125F, 0.5F,           //
      0.875F, 0.5F,           //
      0.25F, 0.5F,            //
      0.125F, 0.5F;
  const auto planted = mll::test::task_of_responses({1, 1, 1, 1, 1}, {responses});
  const auto labels = planted.labels<mll::log_odds_float>();
  const auto table = mll::sparse_node_statistics::of_labels(labels, 0.2F);
  CHECK(table.head_count() == 2);
  REQUIRE(table.of_head(0).size() == 1);
  CHECK(table.of_head(0)[0].node == 2);
  CHECK(table.of_head(0)[0].excess == doctest::Approx(0.75 * 65535).epsilon(1e-3));
  CHECK(table.of_head(1).empty());
  CHECK(mll::sparse_node_statistics::of_labels(labels).of_head(0).size() == 2);
}

TEST_CASE("sparse_node_statistics refuse arguments out of range") {
  const auto make = [](const excesses& head) {
    const std::vector<excesses> heads{{}, head};
    return mll::sparse_node_statistics{3, heads};
  };
  CHECK_THROWS_WITH_AS(
      make({{3, 1}}),
      "heads: expected different nodes below 3, excesses above 0, found node 3 with excess 1 of head 1",
      mll::invalid_argument);
  CHECK_THROWS_AS(make({{1, 0}}), mll::invalid_argument);
  CHECK_THROWS_AS(make({{1, 2}, {1, 3}}), mll::invalid_argument);
  const auto planted = mll::test::plant({2, 2}, {{{0}}}, 1);
  CHECK_THROWS_AS((void)mll::sparse_node_statistics::of_labels(planted.labels(), 0), mll::invalid_argument);
}
