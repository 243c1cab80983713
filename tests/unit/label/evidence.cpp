// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/evidence.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "support/small_graph.hpp"

using mll::evidence_nodes;
using mll::node_id;
using mll::sample_layout;
using mll::weighted_node;
using mll::test::make_dag;

namespace {

sample_layout layout_with(const std::vector<std::size_t>& nodes) {
  std::vector<node_id> ids;
  for (const std::size_t v : nodes) ids.emplace_back(v);
  const std::vector<std::size_t> counts(nodes.size(), 1);
  return sample_layout{ids, counts};
}

/// Length of the shortest path to a descendant, by relaxing all edges until nothing changes.
std::vector<std::size_t> distances_below(const mll::test::small_dag& graph, node_id top) {
  constexpr std::size_t far = 1000000;
  std::vector<std::size_t> distance(graph.size(), far);
  distance[top.index()] = 0;
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t v = 0; v < graph.size(); ++v) {
      for (const node_id parent : graph.parents(node_id{v})) {
        if (distance[parent.index()] + 1 < distance[v]) {
          distance[v] = distance[parent.index()] + 1;
          changed = true;
        }
      }
    }
  }
  return distance;
}

}  // namespace

TEST_CASE("own samples have weight 1, beside those of descendants") {
  const auto graph = make_dag(3, {{1, 0}, {2, 1}});
  CHECK(evidence_nodes(graph, layout_with({0, 1, 2}), node_id{1}) ==
        std::vector{weighted_node{node_id{1}, 1}, weighted_node{node_id{2}, 0.5}});
  CHECK(evidence_nodes(graph, layout_with({0, 1, 2}), node_id{1}, {.discount = 0}) ==
        std::vector{weighted_node{node_id{1}, 1}});
}

TEST_CASE("descendants are weighted by distance; parents are no evidence for children") {
  // 0 <- 1 <- 3, 0 <- 2 <- 3, 3 <- 4; samples at 1, 3 and 4.
  const auto graph = make_dag(6, {{1, 0}, {2, 0}, {3, 1}, {3, 2}, {4, 3}});
  const auto samples = layout_with({1, 3, 4});
  const std::vector<weighted_node> all{{node_id{1}, 0.5}, {node_id{3}, 0.25}, {node_id{4}, 0.125}};
  CHECK(evidence_nodes(graph, samples, node_id{0}, {.discount = 0.5}) == all);
  const std::vector<weighted_node> below_two{{node_id{3}, 0.5}, {node_id{4}, 0.25}};
  CHECK(evidence_nodes(graph, samples, node_id{2}, {.discount = 0.5}) == below_two);
  CHECK(evidence_nodes(graph, layout_with({0}), node_id{4}).empty());
  CHECK(evidence_nodes(graph, samples, node_id{5}).empty());
  CHECK(evidence_nodes(graph, sample_layout{}, node_id{0}).empty());
}

TEST_CASE("discounts of 0 and 1") {
  const auto graph = make_dag(3, {{1, 0}, {2, 1}});
  const auto samples = layout_with({1, 2});
  CHECK(evidence_nodes(graph, samples, node_id{0}, {.discount = 0}).empty());
  CHECK(evidence_nodes(graph, samples, node_id{1}, {.discount = 0}).size() == 1);
  for (const auto& each : evidence_nodes(graph, samples, node_id{0}, {.discount = 1}))
    CHECK(each.weight == 1);
}

TEST_CASE("evidence agrees with brute force on random graphs") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    mll::random_engine engine{seed};
    const auto graph = mll::test::random_dag(25, 45, engine);
    std::vector<std::size_t> with_samples;
    for (std::size_t v = 0; v < graph.size(); ++v) {
      if (engine() % 3 == 0) with_samples.push_back(v);
    }
    const auto samples = layout_with(with_samples);
    for (std::size_t v = 0; v < graph.size(); ++v) {
      std::vector<weighted_node> expected;
      const auto distance = distances_below(graph, node_id{v});
      for (const std::size_t u : with_samples) {
        if (distance[u] < graph.size())
          expected.push_back({node_id{u}, std::pow(0.5, static_cast<double>(distance[u]))});
      }
      const auto found = evidence_nodes(graph, samples, node_id{v});
      REQUIRE(found.size() == expected.size());
      for (std::size_t i = 0; i < found.size(); ++i) {
        CHECK(found[i].node == expected[i].node);
        CHECK(found[i].weight == doctest::Approx(expected[i].weight).epsilon(1e-12));
      }
    }
  }
}

TEST_CASE("invalid arguments are named") {
  const auto graph = make_dag(3, {});
  const auto call = [&](node_id v, double discount) {
    return evidence_nodes(graph, sample_layout{}, v, {.discount = discount});
  };
  CHECK_THROWS_WITH_AS(call(node_id{3}, 0.5), "v: expected a node of the graph, below 3, found 3",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(call(node_id{}, 0.5), "v: expected a node of the graph, below 3, found an invalid id",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(call(node_id{0}, 1.5), "discount: expected a number in [0, 1], found 1.5",
                       mll::invalid_argument);
  CHECK_THROWS_AS(call(node_id{0}, -0.1), mll::invalid_argument);
  CHECK_THROWS_AS(call(node_id{0}, std::numeric_limits<double>::quiet_NaN()), mll::invalid_argument);
}
