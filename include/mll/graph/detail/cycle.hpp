// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/node_graph.hpp"

namespace mll::detail {

/// What `semantic_dag` throws for a graph with a cycle, with the nodes for readers that know the lines of
/// edges.
class cycle_error : public invalid_argument {
 public:
  /// @param[in] nodes the nodes of the cycle, the first one again at the end
  /// @param[in] text  the cycle as in the message
  cycle_error(std::vector<node_id> nodes, std::string text)
      : invalid_argument{"graph", "no cycle", text}, nodes_{std::move(nodes)}, text_{std::move(text)} {}

  [[nodiscard]] std::span<const node_id> nodes() const noexcept { return nodes_; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::vector<node_id> nodes_;
  std::string text_;
};

/// A cycle among the nodes missing in `order`, its first node repeated at the end. Every missing node has a
/// missing parent, so walking up returns to a node seen before.
[[nodiscard]] inline std::vector<node_id> find_cycle(const node_graph& parents,
                                                     std::span<const node_id> order) {
  std::vector<bool> ordered(parents.node_count(), false);
  for (const node_id v : order) ordered[v.index()] = true;
  std::size_t start = 0;
  while (ordered[start]) ++start;
  std::vector<bool> on_path(parents.node_count(), false);
  std::vector<node_id> path;
  node_id v{start};
  while (!on_path[v.index()]) {
    on_path[v.index()] = true;
    path.push_back(v);
    const auto up = parents[v];
    v = *std::find_if(up.begin(), up.end(), [&](node_id p) { return !ordered[p.index()]; });
  }
  path.erase(path.begin(), std::find(path.begin(), path.end(), v));  // the walk before the cycle
  path.push_back(v);
  return path;
}

/// `the cycle a -> b -> a`; of a long cycle the first nodes and the last. `name_of(node)` is the id of a
/// node.
template <class NameOf>
[[nodiscard]] std::string print_cycle(std::span<const node_id> cycle, NameOf&& name_of) {
  constexpr std::size_t shown = 10;  // at either end
  std::string out = "the cycle ";
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    if (i != 0) out += " -> ";
    if (i == shown && cycle.size() > 2 * shown) {
      const std::size_t left_out = cycle.size() - 2 * shown;
      out += "(" + std::to_string(left_out) + " more) -> ";
      i += left_out;
    }
    out += name_of(cycle[i]);
  }
  return out;
}

}  // namespace mll::detail
