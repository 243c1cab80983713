// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/detail/cycle_error.hpp"
#include "mll/graph/node_graph.hpp"

namespace mll::detail {

/// A cycle among the nodes missing in `order`, its first node repeated at the end. Every missing node has a
/// missing parent, so walking up returns to a node seen before.
MLL_LOCAL [[nodiscard]] std::vector<node_id> find_cycle(const node_graph& parents,
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

/// The position of the edge that closes a cycle: of its edges the one that comes first last.
/// @param[in] cycle the nodes of the cycle, the first one again at the end
MLL_LOCAL [[nodiscard]] std::size_t closing_edge(std::span<const node_id> cycle,
                                                 std::span<const std::pair<node_id, node_id>> edges) {
  std::vector<std::pair<node_id, node_id>> cycle_edges;
  for (std::size_t i = 0; i + 1 < cycle.size(); ++i) cycle_edges.emplace_back(cycle[i], cycle[i + 1]);
  std::sort(cycle_edges.begin(), cycle_edges.end());
  std::vector<bool> seen(cycle_edges.size(), false);  // an edge may be repeated
  std::size_t closing = 0;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto found = std::lower_bound(cycle_edges.begin(), cycle_edges.end(), edges[i]);
    if (found == cycle_edges.end() || *found != edges[i]) continue;
    const auto at = static_cast<std::size_t>(found - cycle_edges.begin());
    if (!seen[at]) closing = i;
    seen[at] = true;
  }
  return closing;
}

/// Removes the edges that close a cycle. Edges are followed depth first, from the first node on, those of a
/// node by increasing end; an edge back to a node on the way is removed, with its repetitions.
/// @return the removed edges, in the order in which they were met
/// Complexity: O(nodes + edges log edges).
MLL_LOCAL std::vector<std::pair<node_id, node_id>> remove_cycles(
    std::size_t nodes, std::vector<std::pair<node_id, node_id>>& edges) {
  const node_graph parents{nodes, edges};
  enum class state : unsigned char { unseen, on_the_way, done };
  std::vector<state> states(nodes, state::unseen);
  std::vector<std::pair<node_id, std::size_t>> way;  // a node and the number of its edges that were followed
  std::vector<std::pair<node_id, node_id>> removed;
  for (std::size_t start = 0; start < nodes; ++start) {
    if (states[start] != state::unseen) continue;
    way.emplace_back(node_id{start}, 0);
    states[start] = state::on_the_way;
    while (!way.empty()) {
      auto& [v, followed] = way.back();
      const auto up = parents[v];
      if (followed == up.size()) {
        states[v.index()] = state::done;
        way.pop_back();
        continue;
      }
      const node_id next = up[followed++];
      if (states[next.index()] == state::on_the_way) {
        removed.emplace_back(v, next);
      } else if (states[next.index()] == state::unseen) {
        states[next.index()] = state::on_the_way;
        way.emplace_back(next, 0);
      }
    }
  }
  auto sorted = removed;
  std::sort(sorted.begin(), sorted.end());
  std::erase_if(edges,
                [&](const auto& edge) { return std::binary_search(sorted.begin(), sorted.end(), edge); });
  return removed;
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
