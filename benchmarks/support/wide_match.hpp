// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The match of a task over a wide hub, made from the nodes of its classes.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/select/evidence/class_evidence.hpp"
#include "wide_hub.hpp"

namespace mll::benchmark {

inline task_match match_of(const wide_hub& hub, const class_evidence& nodes) {
  std::vector<task_class> classes;
  for (std::size_t y = 0; y < nodes.size(); ++y) classes.push_back({"class " + std::to_string(y), {}});
  task_match out{task{std::move(classes)}, std::vector<class_match>(nodes.size())};
  for (std::size_t y = 0; y < nodes.size(); ++y) {
    class_match& found = out.classes[y];
    found.coverage = coverage::own_samples;
    for (const weighted_position& one : nodes[y]) {
      found.evidence.push_back(
          {node_id{static_cast<std::size_t>(one.node)}, static_cast<double>(one.weight) / 256});
      found.sample_count += hub.size().samples_per_node;
    }
    found.node = found.evidence.front().node;
  }
  return out;
}

}  // namespace mll::benchmark
