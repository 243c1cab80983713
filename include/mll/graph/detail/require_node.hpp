// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"

namespace mll::detail {

/// Throws: `invalid_argument` if `v` is not a node of a graph with that many nodes.
inline void require_node(node_id v, std::size_t nodes, std::string_view argument) {
  if (v.index() < nodes) return;
  throw invalid_argument{argument, "a node of the graph, below " + std::to_string(nodes),
                         v.valid() ? std::to_string(v.value()) : "the invalid id"};
}

}  // namespace mll::detail
