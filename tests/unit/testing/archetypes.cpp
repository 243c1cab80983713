// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/testing/archetypes.hpp"

#include <doctest/doctest.h>

#include <type_traits>
#include <vector>

#include "mll/embed/semantic_index.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/label/evidence.hpp"
#include "mll/label/general_model_labels.hpp"
#include "mll/label/label.hpp"
#include "mll/model/hub.hpp"
#include "mll/model/linear_classifier.hpp"
#include "mll/model/mlp_classifier.hpp"

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

TEST_CASE("a semantic DAG requires no more of a graph than the concept says") {
  const auto graph = small_dag();
  CHECK(graph.size() == 3);
  CHECK(graph.edge_count() == 2);
  CHECK(graph.parents(node_id{2}).front() == node_id{1});
  CHECK(graph.depth(node_id{2}) == 2);
  CHECK(graph.at("s1") == node_id{1});
}

TEST_CASE("labelling requires no more than the concepts say") {
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

TEST_CASE("labels require no more of a codec than the concept says") {
  mll::hub<sample_archetype> models;
  models.add("smallest", classifier_archetype{0});
  const auto graph = small_dag();
  const representation_archetype samples{node_id{2}};
  auto labels = mll::label<codec_archetype>(backend_archetype{0}, models, samples, graph);
  mll::update_labels(backend_archetype{0}, labels, models, samples, graph);
  REQUIRE(labels.models().size() == 1);
  const float positive = codec_archetype::log_odds(labels.models()[0].responses(0, 0));
  const float negative = codec_archetype::log_odds(labels.models()[0].responses(1, 0));
  CHECK(positive == 2);
  CHECK(negative == -2);
}

TEST_CASE("linear models require no more of features than the concept says") {
  mll::matrix<float> weight(1, 1);
  weight << 1;
  const Eigen::VectorXf bias = Eigen::VectorXf::Zero(1);
  const mll::linear_classifier linear{
      {"positive"}, weight, bias, mll::activation::sigmoid, features_archetype{0}};
  const std::vector<mll::mlp_layer> layers{{weight, bias}};
  const mll::mlp_classifier network{{"positive"}, layers, mll::activation::sigmoid, features_archetype{0}};
  const std::vector<sample_archetype> batch{sample_archetype{3}, sample_archetype{-3}};
  mll::matrix<float> scores(2, 1);
  linear.predict(batch, scores);
  CHECK(scores(0, 0) > 0.9F);
  CHECK(scores(1, 0) < 0.1F);
  network.predict(batch, scores);
  CHECK(scores(0, 0) > 0.9F);
}

TEST_CASE("a semantic index requires no more of an embedder than the concept says") {
  const auto graph = small_dag();
  const mll::semantic_index index{backend_archetype{0}, graph, embedder_archetype{0}};
  CHECK(index.nodes().rows() == 3);
  const Eigen::RowVectorXf text = Eigen::RowVectorXf::Ones(1);
  CHECK(index.nearest(text, 1).front().node == node_id{0});
}
