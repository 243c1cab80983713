// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A random hub with the structure of real ones: each expert knows a few nodes with some skill, and spreads
// the rest of its softmax over the others. Seeded; samples are row numbers.
#pragma once

#include <mll/mll.hpp>

#include <boost/graph/adjacency_list.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_01.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mll::benchmark {

struct synthetic_hub {
  using graph_type = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, synset>;

  synthetic_hub(std::size_t nodes, std::size_t samples_per_node, std::size_t experts, std::uint64_t seed)
      : graph{star(nodes)}, samples{rows_of(nodes, samples_per_node)} {
    random_engine engine{seed};
    boost::random::normal_distribution<float> normal;
    boost::random::uniform_01<float> uniform;
    const auto rows = static_cast<Eigen::Index>(nodes * samples_per_node);
    for (std::size_t m = 0; m < experts; ++m) {
      const std::size_t heads = 3 + engine() % 18;
      const float skill = 1 + 4 * uniform(engine);
      std::vector<std::size_t> known;
      std::vector<std::string> names;
      for (std::size_t h = 0; h < heads; ++h) {
        known.push_back(engine() % nodes);
        names.push_back("n" + std::to_string(known.back()));
      }
      matrix<float> scores(rows, static_cast<Eigen::Index>(heads));
      for (Eigen::Index r = 0; r < rows; ++r) {
        for (std::size_t h = 0; h < heads; ++h) {
          const bool match = known[h] == static_cast<std::size_t>(r) / samples_per_node;
          scores(r, static_cast<Eigen::Index>(h)) = (match ? skill : 0) + 1.5F * normal(engine);
        }
        numerics::softmax(std::span{scores.row(r).data(), heads});
      }
      hub.add("expert " + std::to_string(m), precomputed_scores{std::move(names), std::move(scores)});
    }
  }

  /// A task whose classes are the first nodes.
  [[nodiscard]] task_match first_nodes(std::size_t classes) const {
    std::vector<std::string> names;
    for (std::size_t y = 0; y < classes; ++y) names.push_back("node " + std::to_string(y));
    return match(exec::sequential{}, task::of_names(names), graph, sample_layout{all_nodes(), counts()});
  }

  semantic_dag<graph_type> graph;
  representation_table<std::size_t> samples;
  mll::hub<std::size_t> hub;

 private:
  [[nodiscard]] std::vector<node_id> all_nodes() const {
    return {samples.nodes().begin(), samples.nodes().end()};
  }
  [[nodiscard]] std::vector<std::size_t> counts() const {
    std::vector<std::size_t> out;
    for (const node_id v : samples.nodes()) out.push_back(samples.sample_count(v));
    return out;
  }

  static graph_type star(std::size_t nodes) {
    graph_type out(nodes + 1);
    for (std::size_t i = 0; i <= nodes; ++i) {
      out[i] = {.id = "n" + std::to_string(i), .lemmas = {{"node " + std::to_string(i)}}};
      if (i < nodes) add_edge(i, nodes, out);
    }
    return out;
  }
  static representation_table<std::size_t> rows_of(std::size_t nodes, std::size_t samples_per_node) {
    representation_table<std::size_t> out;
    for (std::size_t v = 0, row = 0; v < nodes; ++v) {
      std::vector<std::size_t> own(samples_per_node);
      for (auto& sample : own) sample = row++;
      out.add(node_id{v}, std::move(own));
    }
    return out;
  }
};

}  // namespace mll::benchmark
