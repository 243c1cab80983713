#include "mll/testing/archetypes.hpp"

#include <doctest/doctest.h>

#include <type_traits>
#include <vector>

#include "mll/graph/semantic_dag.hpp"
#include "mll/label/evidence.hpp"
#include "mll/label/general_model_labels.hpp"
#include "mll/label/label.hpp"
#include "mll/model/hub.hpp"

using namespace mll::testing;  // the archetypes are what this file is about
using mll::node_id;

static_assert(!std::is_default_constructible_v<sample_archetype> &&
              !std::is_copy_assignable_v<sample_archetype>);
static_assert(!std::is_default_constructible_v<classifier_archetype>);
static_assert(!std::is_copy_constructible_v<representation_archetype>, "data are never copied");
static_assert(!std::is_copy_constructible_v<embedder_archetype>, "embedders are never copied");

namespace {

mll::semantic_dag<graph_archetype> small_dag() {
  std::vector<mll::synset> payload(3);
  for (std::size_t v = 0; v < 3; ++v) payload[v].id = "s" + std::to_string(v);
  return mll::semantic_dag{graph_archetype{std::move(payload), {{1, 0}, {2, 1}}}};
}

}  // namespace

TEST_CASE("the graph archetype makes a semantic DAG") {
  const auto graph = small_dag();
  CHECK(graph.size() == 3);
  CHECK(graph.edge_count() == 2);
  CHECK(graph.parents(node_id{2}).front() == node_id{1});
  CHECK(graph.depth(node_id{2}) == 2);
  CHECK(graph.at("s1") == node_id{1});
}

TEST_CASE("labelling asks for no more than the concepts do") {
  mll::hub<sample_archetype> models;
  models.add("smallest", classifier_archetype{0});
  const auto graph = small_dag();
  const representation_archetype samples{node_id{2}};
  const auto labels = mll::label(backend_archetype{0}, models, samples, graph);
  REQUIRE(labels.models().size() == 1);
  CHECK(labels.models()[0].heads == std::vector<std::string>{"positive"});
  CHECK(labels.models()[0].mean(0, 0) == 0.5F);

  const auto sources = mll::evidence_nodes(graph, labels.samples(), node_id{0}, {.discount = 0.5});
  REQUIRE(sources.size() == 1);
  CHECK(sources.front().weight == 0.25);

  const auto general = mll::label_general_model(general_model_archetype{0}, samples, labels.samples());
  CHECK(general.embeddings.rows() == 2);
}
