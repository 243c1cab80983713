// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Seeded random graphs, and what follows from their edges by definition.
#pragma once

#include <algorithm>
#include <boost/random/uniform_real_distribution.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/core/random.hpp"
#include "mll/graph/synset.hpp"

namespace mll_test {

struct plain_dag {
  std::vector<mll::synset> nodes;
  std::vector<std::pair<mll::node_id, mll::node_id>> edges;  // (child, parent), some twice
};

/// A directed acyclic graph whose node numbers say nothing about the order of its nodes.
inline plain_dag random_dag(std::size_t size, double density, std::uint64_t seed) {
  mll::random_engine engine{seed};
  std::vector<std::size_t> rank(size);
  for (std::size_t i = 0; i < size; ++i) rank[i] = i;
  mll::shuffle(std::span{rank}, engine);
  boost::random::uniform_real_distribution<double> chance{0, 1};
  plain_dag out;
  for (std::size_t i = 0; i < size; ++i) {
    out.nodes.push_back({.id = "node " + std::to_string(i),
                         .lemmas = {{.text = "word " + std::to_string(i / 2)}},
                         .gloss = {}});
    for (std::size_t j = 0; j < size; ++j) {
      if (rank[j] >= rank[i] || chance(engine) >= density) continue;
      out.edges.emplace_back(mll::node_id{i}, mll::node_id{j});
      if (chance(engine) < 0.1) out.edges.emplace_back(mll::node_id{i}, mll::node_id{j});
    }
  }
  mll::shuffle(std::span{out.edges}, engine);
  return out;
}

constexpr std::uint32_t unreachable = 1'000'000;

/// distance[i][j] = edges on the shortest way up from i to j (Floyd and Warshall).
inline std::vector<std::vector<std::uint32_t>> distances_up(const plain_dag& dag) {
  const std::size_t n = dag.nodes.size();
  std::vector<std::vector<std::uint32_t>> d(n, std::vector<std::uint32_t>(n, unreachable));
  for (std::size_t i = 0; i < n; ++i) d[i][i] = 0;
  for (const auto& [child, parent] : dag.edges) d[child.index()][parent.index()] = 1;
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) d[i][j] = std::min(d[i][j], d[i][k] + d[k][j]);
    }
  }
  return d;
}

}  // namespace mll_test
