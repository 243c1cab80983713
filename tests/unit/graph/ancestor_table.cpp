// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/graph/ancestor_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "mll/graph/hierarchy.hpp"
#include "support/graphs.hpp"
#include "support/wordnet.hpp"

using mll::node_id;
using mll::relative;

TEST_CASE_TEMPLATE("ancestor_table agrees with walks up the graph", Graph, MLL_TEST_GRAPHS) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const auto plain = mll_test::random_dag(4 * seed + 2, 0.15, seed);
    const auto dag = mll_test::make_dag<Graph>(plain);
    const auto up = mll_test::distances_up(plain);
    const mll::ancestor_table table{dag};
    CHECK(table.size() == dag.size());
    for (std::size_t i = 0; i < dag.size(); ++i) {
      auto expected = mll::ancestors(dag, node_id{i});
      expected.push_back({node_id{i}, 0});
      std::sort(expected.begin(), expected.end(),
                [](const auto& a, const auto& b) { return a.node < b.node; });
      CHECK(std::ranges::equal(table[node_id{i}], expected));
      for (std::size_t j = 0; j < dag.size(); ++j) {
        const mll::relative* const found = table.find(node_id{j}, node_id{i});
        CHECK((found != nullptr) == (up[i][j] != mll_test::unreachable));
        if (found != nullptr) CHECK(found->distance == up[i][j]);
        std::vector<std::tuple<node_id, std::uint32_t, std::uint32_t>> common;
        table.for_each_common(node_id{i}, node_id{j}, [&](auto... found) { common.emplace_back(found...); });
        std::vector<std::tuple<node_id, std::uint32_t, std::uint32_t>> by_definition;
        for (std::size_t c = 0; c < dag.size(); ++c) {
          if (up[i][c] != mll_test::unreachable && up[j][c] != mll_test::unreachable) {
            by_definition.emplace_back(node_id{c}, up[i][c], up[j][c]);
          }
        }
        CHECK(common == by_definition);
      }
    }
  }
}

TEST_CASE("ancestor_table of WordNet's nouns has 825,356 pairs") {
  const auto* nouns = mll_test::wordnet_nouns();
  if (nouns == nullptr) return;
  const mll::ancestor_table table{*nouns};
  std::size_t pairs = 0;
  for (std::size_t i = 0; i < table.size(); ++i) pairs += table[node_id{i}].size();
  CHECK(pairs == 825356);
}
