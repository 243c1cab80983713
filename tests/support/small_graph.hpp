// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Small semantic graphs for tests.
#pragma once

#include <boost/graph/adjacency_list.hpp>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/random.hpp"
#include "mll/graph/semantic_dag.hpp"

namespace mll::test {

using small_graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, synset>;
using small_dag = semantic_dag<small_graph>;

/// Nodes 0 to size - 1 with synset ids "s0", "s1", ... and (child, parent) edges.
inline small_dag make_dag(std::size_t size, const std::vector<std::pair<std::size_t, std::size_t>>& edges) {
  small_graph graph(size);
  for (std::size_t i = 0; i < size; ++i) graph[i].id = "s" + std::to_string(i);
  for (const auto& [child, parent] : edges) add_edge(child, parent, graph);
  return small_dag{std::move(graph)};
}

/// A random DAG with about `edges` edges, in which ids say nothing about the order.
inline small_dag random_dag(std::size_t size, std::size_t edges, random_engine& engine) {
  std::vector<std::size_t> rank(size);
  for (std::size_t i = 0; i < size; ++i) rank[i] = i;
  shuffle(std::span{rank}, engine);
  boost::random::uniform_int_distribution<std::size_t> any{0, size - 1};
  std::vector<std::pair<std::size_t, std::size_t>> list;
  for (std::size_t i = 0; i < edges; ++i) {
    const std::size_t a = any(engine);
    const std::size_t b = any(engine);
    if (rank[a] != rank[b]) list.emplace_back(rank[a] > rank[b] ? a : b, rank[a] > rank[b] ? b : a);
  }
  return make_dag(size, list);
}

}  // namespace mll::test
