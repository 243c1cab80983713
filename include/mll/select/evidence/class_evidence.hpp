// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mll/core/error.hpp"

namespace mll {

/// A node that is evidence for a class, as a row of node statistics.
struct weighted_position {
  std::uint32_t node = 0;    ///< position in the layout of the labels
  std::uint16_t weight = 0;  ///< in 1/256; the weights of a class sum to 256, or to 0 without evidence
};

/// Evidence nodes per class of a task, by increasing position.
using class_evidence = std::vector<std::vector<weighted_position>>;

namespace detail {

/// Throws: `invalid_argument` if there are fewer than two classes or a node is out of range.
inline void require_class_evidence(const class_evidence& nodes, std::size_t node_count) {
  if (nodes.size() < 2) throw invalid_argument{"nodes", "at least 2 classes", std::to_string(nodes.size())};
  for (const auto& of_class : nodes) {
    for (const weighted_position& one : of_class) {
      if (one.node >= node_count)
        throw invalid_argument{"nodes", "nodes below " + std::to_string(node_count),
                               std::to_string(one.node)};
    }
  }
}

}  // namespace detail

}  // namespace mll
