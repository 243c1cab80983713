// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/graph/hierarchy.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "support/graphs.hpp"
#include "support/wordnet.hpp"

using mll::node_id;
using mll::relative;

TEST_CASE_TEMPLATE("ancestors and descendants agree with the closure of the edges", Graph, MLL_TEST_GRAPHS) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto plain = mll_test::random_dag(3 + 4 * seed, seed % 2 == 0 ? 0.07 : 0.25, seed);
    const auto dag = mll_test::make_dag<Graph>(plain);
    const auto up = mll_test::distances_up(plain);
    const std::size_t n = dag.size();
    const auto by_distance = [](const relative& a, const relative& b) {
      return std::pair{a.distance, a.node} < std::pair{b.distance, b.node};
    };
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<relative> above;
      std::vector<relative> below;
      for (std::size_t j = 0; j < n; ++j) {
        if (i == j) continue;
        if (up[i][j] != mll_test::unreachable) above.push_back({node_id{j}, up[i][j]});
        if (up[j][i] != mll_test::unreachable) below.push_back({node_id{j}, up[j][i]});
      }
      std::sort(above.begin(), above.end(), by_distance);
      std::sort(below.begin(), below.end(), by_distance);
      CHECK(mll::ancestors(dag, node_id{i}) == above);
      CHECK(mll::descendants(dag, node_id{i}) == below);
      for (std::size_t j = 0; j < n; ++j) {
        CHECK(mll::is_ancestor(dag, node_id{j}, node_id{i}) == (i != j && up[i][j] != mll_test::unreachable));
      }
    }
  }
}

TEST_CASE_TEMPLATE("lowest_common_ancestors agrees with its definition", Graph, MLL_TEST_GRAPHS) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const auto plain = mll_test::random_dag(16, 0.1 + 0.05 * static_cast<double>(seed), seed);
    const auto dag = mll_test::make_dag<Graph>(plain);
    const auto up = mll_test::distances_up(plain);
    const auto reaches = [&](std::size_t low, std::size_t high) {
      return up[low][high] != mll_test::unreachable;
    };
    for (std::size_t a = 0; a < 16; ++a) {
      for (std::size_t b = 0; b < 16; ++b) {
        std::vector<node_id> expected;
        for (std::size_t c = 0; c < 16; ++c) {
          bool lowest = reaches(a, c) && reaches(b, c);
          for (std::size_t d = 0; d < 16 && lowest; ++d) {
            lowest = d == c || !(reaches(a, d) && reaches(b, d) && reaches(d, c));
          }
          if (lowest) expected.push_back(node_id{c});
        }
        CHECK(mll::lowest_common_ancestors(dag, node_id{a}, node_id{b}) == expected);
      }
    }
  }
}

TEST_CASE("functions of the hierarchy reject nodes that are not in the graph") {
  const auto dag = mll_test::make_dag<mll::compact_graph>(mll_test::random_dag(4, 0.5, 0));
  const node_id good{0};
  const node_id bad{4};
  CHECK_THROWS_WITH_AS((void)mll::ancestors(dag, bad), "v: expected a node of the graph, below 4, found 4",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS((void)mll::descendants(dag, node_id{}),
                       "v: expected a node of the graph, below 4, found the invalid id",
                       mll::invalid_argument);
  CHECK_THROWS_AS((void)mll::is_ancestor(dag, bad, good), mll::invalid_argument);
  CHECK_THROWS_AS((void)mll::is_ancestor(dag, good, bad), mll::invalid_argument);
  CHECK_THROWS_AS((void)mll::lowest_common_ancestors(dag, bad, good), mll::invalid_argument);
  CHECK_THROWS_WITH_AS((void)mll::lowest_common_ancestors(dag, good, bad),
                       "b: expected a node of the graph, below 4, found 4", mll::invalid_argument);
}

TEST_CASE("a chain of 50,000 nodes needs no deep recursion") {
  mll_test::plain_dag chain;
  constexpr std::size_t length = 50'000;
  for (std::size_t i = 0; i < length; ++i) {
    chain.nodes.push_back({.id = std::to_string(i), .lemmas = {}, .gloss = {}});
    if (i > 0) chain.edges.emplace_back(node_id{i}, node_id{i - 1});
  }
  const auto dag = mll_test::make_dag<mll::compact_graph>(chain);
  CHECK(dag.depth(node_id{length - 1}) == length - 1);
  CHECK(mll::ancestors(dag, node_id{length - 1}).back() == relative{node_id{0}, length - 1});
}

TEST_CASE("the hierarchy of WordNet's nouns") {
  const auto* nouns = mll_test::wordnet_nouns();
  if (nouns == nullptr) return;
  const auto sense = [&](const char* word) { return nouns->words().senses(word)[0].node; };
  const node_id entity = nouns->at("n00001740");
  CHECK(mll::descendants(*nouns, entity).size() == 82114);
  CHECK(mll::is_ancestor(*nouns, sense("animal"), sense("dog")));
  CHECK(!mll::is_ancestor(*nouns, sense("dog"), sense("animal")));
  CHECK(!mll::is_ancestor(*nouns, sense("bank"), sense("dog")));
  CHECK(mll::lowest_common_ancestors(*nouns, sense("dog"), sense("cat")) == std::vector{sense("carnivore")});
  CHECK(mll::lowest_common_ancestors(*nouns, sense("dog"), sense("canine")).size() == 1);
  // dog -> canine -> carnivore -> placental -> mammal -> vertebrate -> chordate -> animal; or -> domestic
  // animal -> animal
  const auto above = mll::ancestors(*nouns, sense("dog"));
  CHECK(std::ranges::count(above, relative{nouns->at("n00015388"), 2}) == 1);  // animal
  CHECK(std::ranges::count(above, relative{nouns->at("n01861778"), 4}) == 1);  // mammal
}
