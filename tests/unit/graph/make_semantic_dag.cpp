// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/graph/make_semantic_dag.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <string>
#include <vector>

#include "support/graphs.hpp"

TEST_CASE("make_semantic_dag builds a graph of synsets") {
  using edge = std::pair<mll::node_id, mll::node_id>;
  std::vector<mll::synset> nodes{{.id = "animal", .lemmas = {{.text = "animal"}}, .gloss = "a living thing"},
                                 {.id = "goose", .lemmas = {{.text = "goose"}}, .gloss = {}}};
  const std::vector<edge> edges{{mll::node_id{1}, mll::node_id{0}}};
  const auto dag = mll::make_semantic_dag(nodes, edges, {{"geese", {"goose"}}});
  CHECK(dag[dag.at("animal")].gloss == "a living thing");
  CHECK(dag.parents(dag.at("goose"))[0] == dag.at("animal"));
  CHECK(dag.words().base_forms("geese") == std::vector<std::string>{"goose"});

  const std::vector<edge> beyond{{mll::node_id{1}, mll::node_id{2}}};
  CHECK_THROWS_WITH_AS((void)mll::make_semantic_dag(nodes, beyond),
                       "edges: expected node ids below 2, found 2", mll::invalid_argument);
}

TEST_CASE("make_semantic_dag builds any type of graph with numbered vertices") {
  using edge = std::pair<mll::node_id, mll::node_id>;
  using list_graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, mll::synset>;
  const std::vector<mll::synset> nodes{{.id = "animal", .lemmas = {{.text = "animal"}}, .gloss = {}},
                                       {.id = "bird", .lemmas = {{.text = "bird"}}, .gloss = {}},
                                       {.id = "goose", .lemmas = {{.text = "goose"}}, .gloss = {}}};
  const std::vector<edge> edges{{mll::node_id{2}, mll::node_id{1}}, {mll::node_id{1}, mll::node_id{0}}};
  const auto compact = mll::make_semantic_dag(nodes, edges);
  const mll::semantic_dag<list_graph> list = mll::make_semantic_dag<list_graph>(nodes, edges);
  REQUIRE(list.size() == compact.size());
  CHECK(list.edge_count() == compact.edge_count());
  for (std::size_t i = 0; i < list.size(); ++i) {
    CHECK(list[mll::node_id{i}].id == compact[mll::node_id{i}].id);
    CHECK(list.depth(mll::node_id{i}) == i);
  }
  const std::vector<edge> beyond{{mll::node_id{1}, mll::node_id{3}}};
  CHECK_THROWS_WITH_AS((void)mll::make_semantic_dag<list_graph>(nodes, beyond),
                       "edges: expected node ids below 3, found 3", mll::invalid_argument);
}

TEST_CASE("make_semantic_dag takes names") {
  const auto dag = mll::make_semantic_dag(
      {{"car", "vehicle"}, {"truck", "vehicle"}, {"pickup", "truck"}, {"pickup", "car"}, {"car", "vehicle"}},
      {{"car", {"car", "automobile"}}, {"truck", {"truck", "car"}}});
  REQUIRE(dag.size() == 4);
  CHECK(dag.edge_count() == 4);
  CHECK(dag.at("car") == mll::node_id{0});
  CHECK(dag.at("vehicle") == mll::node_id{1});
  CHECK(dag.parents(dag.at("pickup")).size() == 2);
  CHECK(dag.words().senses("automobile")[0].node == dag.at("car"));
  CHECK(dag.words().senses("vehicle")[0].node == dag.at("vehicle"));
  const auto car = dag.words().senses("car");
  REQUIRE(car.size() == 2);
  CHECK(car[0].node == dag.at("car"));
  CHECK(car[1] == mll::word_sense{dag.at("truck"), 2, 0, 2});
  using list_graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, mll::synset>;
  CHECK(mll::make_semantic_dag<list_graph>({{"goose", "bird"}}).size() == 2);
}

TEST_CASE("make_semantic_dag reports names and words that are missing") {
  const auto refuses = [](const std::vector<mll::named_edge>& edges, const mll::words_by_name& words,
                          const char* message) {
    CHECK_THROWS_WITH_AS((void)mll::make_semantic_dag(edges, words), message, mll::invalid_argument);
  };
  refuses({{"goose", ""}}, {}, "edges: expected a name for every node, found ''");
  refuses({{" _", "bird"}}, {}, "edges: expected a name for every node, found ' _'");
  refuses({{"goose", "bird"}}, {{"goos", {"goose"}}}, "words: expected names that an edge has, found 'goos'");
  refuses({{"goose", "bird"}}, {{"goose", {}}}, "words: expected at least one word for 'goose', found none");
  refuses({{"goose", "bird"}}, {{"goose", {"goose", "-"}}}, "words: expected words for 'goose', found '-'");
  refuses({{"goose", "bird"}, {"bird", "goose"}}, {},
          "graph: expected no cycle, found the cycle goose -> bird -> goose");
}

TEST_CASE("make_semantic_dag takes a Boost.Graph graph and words") {
  using list_graph = boost::adjacency_list<boost::listS, boost::listS, boost::directedS>;
  list_graph graph;
  const auto goose = add_vertex(graph);
  const auto bird = add_vertex(graph);
  const auto animal = add_vertex(graph);
  add_edge(goose, bird, graph);
  add_edge(bird, animal, graph);
  const std::vector<std::string> words{"Goose", "bird", "animal"};
  const auto dag = mll::make_semantic_dag(graph, words);
  REQUIRE(dag.size() == 3);
  CHECK(dag.at("Goose") == mll::node_id{0});
  CHECK(dag.depth(mll::node_id{0}) == 2);
  CHECK(dag.words().senses("goose")[0].node == mll::node_id{0});

  const auto refuses = [&](const std::vector<std::string>& list, const char* message) {
    CHECK_THROWS_WITH_AS((void)mll::make_semantic_dag(graph, list), message, mll::invalid_argument);
  };
  refuses({"goose", "bird"}, "words: expected 3 words, one per vertex, found 2");
  refuses({"goose", "", "animal"}, "words: expected a word per vertex, found '' for vertex 1");
  refuses({"goose", "bird", "goose"}, "graph: expected unique synset ids, found 'goose' twice");
}

TEST_CASE_TEMPLATE("make_semantic_dag takes any graph that semantic_dag takes", Graph, MLL_TEST_GRAPHS) {
  const auto plain = mll_test::random_dag(12, 0.2, 3);
  std::vector<std::string> words;
  for (const auto& node : plain.nodes) words.push_back(node.id);
  const auto expected = mll_test::make_dag<Graph>(plain);
  const auto dag = mll::make_semantic_dag(expected.graph(), words);
  REQUIRE(dag.size() == expected.size());
  for (std::size_t i = 0; i < dag.size(); ++i) {
    CHECK(std::ranges::equal(dag.parents(mll::node_id{i}), expected.parents(mll::node_id{i})));
  }
}
