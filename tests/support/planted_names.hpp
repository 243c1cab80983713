// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Planted tasks whose classes and heads have names that a small graph knows.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/planted_labels.hpp"
#include "support/small_graph.hpp"

namespace mll::test {

/// Words of the nodes 0, 1, ... of `named_graph`.
inline constexpr std::array<const char*, 8> plants{"alder", "birch", "cedar", "dahlia",
                                                   "elm",   "fern",  "grass", "holly"};

/// Node y means `plants[y]`; the last two nodes are "flora", above all, and "tree", above the even ones.
inline small_dag named_graph(std::size_t classes) {
  small_graph graph(classes + 2);
  for (std::size_t y = 0; y < classes; ++y) {
    graph[y] = synset{"s" + std::to_string(y), {{plants[y], 1, 0}}, "", 20};
    add_edge(y, y % 2 == 0 ? classes + 1 : classes, graph);
  }
  graph[classes] = synset{"s" + std::to_string(classes), {{"flora", 1, 0}}, "", 20};
  graph[classes + 1] = synset{"s" + std::to_string(classes + 1), {{"tree", 1, 0}}, "", 20};
  add_edge(classes + 1, classes, graph);
  return small_dag{std::move(graph)};
}

/// Labels whose heads are named after the class that they were planted for; uninformative heads have names
/// such as "class_3".
inline model_labels named_labels(const planted_task& planted, std::span<const planted_model> models) {
  model_labels out{layout_of(planted.counts)};
  for (std::size_t m = 0; m < models.size(); ++m) {
    std::vector<std::string> names;
    for (std::size_t h = 0; h < models[m].size(); ++h) {
      const std::size_t target = models[m][h].target;
      names.push_back(target == planted_head::nothing ? "class_" + std::to_string(h) : plants[target]);
    }
    out.insert(make_label<log_odds_8bit>(model_id{m}, "model " + std::to_string(m), std::move(names),
                                         planted.responses[m], out.samples()));
  }
  return out;
}

}  // namespace mll::test
