// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mll/core/error.hpp"

namespace mll {

/// A node that speaks for a class, as a row of node statistics.
struct weighted_position {
  std::uint32_t node = 0;    ///< position in the layout of the labels
  std::uint16_t weight = 0;  ///< in 1/256; those of a class sum to 256, or to 0 if nothing speaks for it
};

/// For each class of a task the nodes that speak for it, by increasing position.
using class_evidence = std::vector<std::vector<weighted_position>>;

namespace detail {

/// Throws: `invalid_argument` if there are fewer than two classes or a node is none.
inline void require_class_evidence(const class_evidence& sources, std::size_t nodes) {
  if (sources.size() < 2)
    throw invalid_argument{"sources", "at least 2 classes", std::to_string(sources.size())};
  for (const auto& of_class : sources) {
    for (const weighted_position& source : of_class) {
      if (source.node >= nodes)
        throw invalid_argument{"sources", "nodes below " + std::to_string(nodes),
                               std::to_string(source.node)};
    }
  }
}

}  // namespace detail

}  // namespace mll
