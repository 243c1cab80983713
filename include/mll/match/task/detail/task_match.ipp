// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/label/evidence.hpp"
#include "mll/match/task/task_match.hpp"

namespace mll {

namespace detail {

MLL_DEFINE void note_shared_nodes(std::span<class_match> classes) {
  std::vector<std::pair<node_id, std::size_t>> by_node;
  for (std::size_t y = 0; y < classes.size(); ++y) {
    if (classes[y].node.valid()) by_node.emplace_back(classes[y].node, y);
  }
  std::sort(by_node.begin(), by_node.end());
  for (std::size_t first = 0; first < by_node.size();) {
    std::size_t last = first + 1;
    while (last < by_node.size() && by_node[last].first == by_node[first].first) ++last;
    for (std::size_t i = first; i < last; ++i) {
      for (std::size_t j = first; j < last; ++j) {
        if (i != j) classes[by_node[i].second].same_node_as.push_back(class_id{by_node[j].second});
      }
    }
    first = last;
  }
}

}  // namespace detail

MLL_DEFINE std::vector<node_id> nodes_of(const task_match& match) {
  std::vector<node_id> out;
  for (const class_match& each : match.classes) {
    for (const weighted_node& source : each.evidence) out.push_back(source.node);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace mll
