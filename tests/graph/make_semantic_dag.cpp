#include "mll/graph/make_semantic_dag.hpp"

#include <doctest/doctest.h>

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
