#include "mll/graph/make_semantic_dag.hpp"

#include <doctest/doctest.h>

#include <boost/graph/adjacency_list.hpp>
#include <vector>

TEST_CASE("make_semantic_dag builds what it is given") {
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

TEST_CASE("make_semantic_dag builds any graph with numbered vertices") {
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
