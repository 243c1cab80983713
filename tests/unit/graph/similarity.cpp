// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/graph/similarity.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "support/graphs.hpp"
#include "support/wordnet.hpp"

using mll::node_id;

TEST_CASE_TEMPLATE("similarities agree with their definitions", Graph, MLL_TEST_GRAPHS) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const std::size_t n = 4 + 4 * seed;
    const auto plain = mll_test::random_dag(n, 0.12, seed);
    const auto dag = mll_test::make_dag<Graph>(plain);
    const auto up = mll_test::distances_up(plain);
    const mll::ancestor_table table{dag};
    const mll::information_content content{dag};
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        const node_id a{i};
        const node_id b{j};
        double path = 0;
        double wu_palmer = 0;
        double lin = 0;
        bool related = false;
        for (std::size_t c = 0; c < n; ++c) {
          if (up[i][c] == mll_test::unreachable || up[j][c] == mll_test::unreachable) continue;
          related = true;
          const double path_length = up[i][c] + up[j][c];
          const double level = dag.depth(node_id{c}) + 1.0;
          path = std::max(path, 1 / (1 + path_length));
          wu_palmer = std::max(wu_palmer, 2 * level / (2 * level + path_length));
          const double both = content[a] + content[b];
          if (both > 0) lin = std::max(lin, 2 * content[node_id{c}] / both);
        }
        if (i == j) lin = 1;
        CHECK(mll::path_similarity(dag, a, b) == doctest::Approx(path));
        CHECK(mll::path_similarity(table, a, b) == mll::path_similarity(dag, a, b));
        CHECK(mll::wu_palmer_similarity(dag, a, b) == doctest::Approx(wu_palmer));
        CHECK(mll::wu_palmer_similarity(dag, table, a, b) == mll::wu_palmer_similarity(dag, a, b));
        CHECK(mll::lin_similarity(content, a, b) == doctest::Approx(lin));
        for (const double s : {mll::path_similarity(dag, a, b), mll::wu_palmer_similarity(dag, a, b),
                               mll::lin_similarity(content, a, b)}) {
          CHECK(s >= 0);
          CHECK(s <= 1);
          if (i == j) CHECK(s == 1);
          if (!related) CHECK(s == 0);
        }
        CHECK(mll::path_similarity(dag, a, b) == mll::path_similarity(dag, b, a));
        CHECK(mll::wu_palmer_similarity(dag, a, b) == mll::wu_palmer_similarity(dag, b, a));
        CHECK(mll::lin_similarity(content, a, b) == mll::lin_similarity(content, b, a));
      }
    }
  }
}

TEST_CASE("similarities in a small tree, worked out by hand") {
  // 0 <- 1 <- {2, 3}, 0 <- 4; 5 alone
  mll_test::plain_dag plain;
  for (std::size_t i = 0; i < 6; ++i)
    plain.nodes.push_back({.id = std::to_string(i), .lemmas = {}, .gloss = {}});
  for (const auto& [child, parent] : {std::pair{1, 0}, {2, 1}, {3, 1}, {4, 0}}) {
    plain.edges.emplace_back(node_id{child}, node_id{parent});
  }
  const auto dag = mll_test::make_dag<mll::compact_graph>(plain);
  const mll::information_content content{dag};
  CHECK(mll::path_similarity(dag, node_id{2}, node_id{3}) == doctest::Approx(1.0 / 3));
  CHECK(mll::path_similarity(dag, node_id{2}, node_id{4}) == doctest::Approx(1.0 / 4));
  CHECK(mll::wu_palmer_similarity(dag, node_id{2}, node_id{3}) == doctest::Approx(4.0 / 6));
  CHECK(mll::wu_palmer_similarity(dag, node_id{1}, node_id{4}) == doctest::Approx(0.5));
  // I(1) = 1 - log 3 / log 6, leaves 1
  CHECK(mll::lin_similarity(content, node_id{2}, node_id{3}) ==
        doctest::Approx(1 - std::log(3.0) / std::log(6.0)));
  CHECK(mll::lin_similarity(content, node_id{2}, node_id{5}) == 0);
  CHECK(mll::path_similarity(dag, node_id{2}, node_id{5}) == 0);
  CHECK(mll::wu_palmer_similarity(dag, node_id{2}, node_id{5}) == 0);
}

TEST_CASE("similarities reject nodes that are not in the graph") {
  const auto dag = mll_test::make_dag<mll::compact_graph>(mll_test::random_dag(3, 0.5, 0));
  const mll::information_content content{dag};
  const node_id good{0};
  const node_id bad{3};
  CHECK_THROWS_WITH_AS((void)mll::path_similarity(dag, bad, good),
                       "a: expected a node of the graph, below 3, found 3", mll::invalid_argument);
  CHECK_THROWS_AS((void)mll::path_similarity(content.ancestors(), good, bad), mll::invalid_argument);
  CHECK_THROWS_AS((void)mll::wu_palmer_similarity(dag, good, bad), mll::invalid_argument);
  CHECK_THROWS_AS((void)mll::wu_palmer_similarity(dag, content.ancestors(), bad, good),
                  mll::invalid_argument);
  CHECK_THROWS_WITH_AS((void)mll::lin_similarity(content, good, bad),
                       "b: expected a node of the graph, below 3, found 3", mll::invalid_argument);
}

TEST_CASE("similarities in WordNet") {
  const auto* nouns = mll_test::wordnet_nouns();
  if (nouns == nullptr) return;
  const mll::information_content content{*nouns};
  const auto sense = [&](const char* word) { return nouns->words().senses(word)[0].node; };
  CHECK(mll::path_similarity(*nouns, sense("dog"), sense("cat")) == doctest::Approx(0.2));
  CHECK(mll::wu_palmer_similarity(*nouns, sense("dog"), sense("cat")) == doctest::Approx(18.0 / 21));
  CHECK(mll::path_similarity(*nouns, sense("dog"), sense("wolf")) == doctest::Approx(1.0 / 3));
  CHECK(mll::lin_similarity(content, sense("dog"), sense("wolf")) >
        mll::lin_similarity(content, sense("dog"), sense("bank")));
  CHECK(mll::lin_similarity(content, sense("dog"), sense("cat")) >
        mll::lin_similarity(content, sense("dog"), sense("bank")));
}
