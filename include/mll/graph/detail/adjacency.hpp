// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/ids.hpp"

namespace mll::detail {

/// Neighbour lists of dense nodes, packed; sorted and without repetition.
class adjacency {
 public:
  adjacency() = default;

  /// @param[in] nodes number of nodes
  /// @param[in] edges (from, to) pairs in any order; repetitions count once
  adjacency(std::size_t nodes, std::span<const std::pair<node_id, node_id>> edges) : offsets_(nodes + 1, 0) {
    for (const auto& [from, to] : edges) ++offsets_[from.index() + 1];
    for (std::size_t i = 0; i < nodes; ++i) offsets_[i + 1] += offsets_[i];
    std::vector<std::size_t> next(offsets_.begin(), offsets_.end() - 1);
    targets_.resize(edges.size());
    for (const auto& [from, to] : edges) targets_[next[from.index()]++] = to;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < nodes; ++i) {
      const auto first = targets_.begin() + static_cast<std::ptrdiff_t>(offsets_[i]);
      const auto last = targets_.begin() + static_cast<std::ptrdiff_t>(offsets_[i + 1]);
      std::sort(first, last);
      offsets_[i] = kept;
      for (auto it = first; it != last; ++it) {
        if (it == first || *it != targets_[kept - 1]) targets_[kept++] = *it;
      }
    }
    offsets_[nodes] = kept;
    targets_.resize(kept);
  }

  [[nodiscard]] std::size_t node_count() const noexcept { return offsets_.empty() ? 0 : offsets_.size() - 1; }
  [[nodiscard]] std::size_t edge_count() const noexcept { return targets_.size(); }
  [[nodiscard]] std::span<const node_id> operator[](node_id v) const {
    return std::span{targets_}.subspan(offsets_[v.index()], offsets_[v.index() + 1] - offsets_[v.index()]);
  }

 private:
  std::vector<std::size_t> offsets_;
  std::vector<node_id> targets_;
};

/// Kahn's algorithm, parents first, lowest id first among the ready ones; shorter than the node count if
/// there is a cycle.
[[nodiscard]] inline std::vector<node_id> topological_order(const adjacency& parents,
                                                            const adjacency& children) {
  std::vector<std::uint32_t> waiting(parents.node_count());
  std::priority_queue<node_id, std::vector<node_id>, std::greater<>> ready;
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    waiting[i] = static_cast<std::uint32_t>(parents[node_id{i}].size());
    if (waiting[i] == 0) ready.push(node_id{i});
  }
  std::vector<node_id> order;
  order.reserve(waiting.size());
  while (!ready.empty()) {
    const node_id v = ready.top();
    ready.pop();
    order.push_back(v);
    for (const node_id child : children[v]) {
      if (--waiting[child.index()] == 0) ready.push(child);
    }
  }
  return order;
}

/// A cycle among the nodes that `order` lacks, its first node repeated at the end. Every such node has a
/// parent that `order` lacks too, so that walking up must come back to a node already seen.
[[nodiscard]] inline std::vector<node_id> find_cycle(const adjacency& parents,
                                                     std::span<const node_id> order) {
  std::vector<bool> ordered(parents.node_count(), false);
  for (const node_id v : order) ordered[v.index()] = true;
  std::size_t start = 0;
  while (ordered[start]) ++start;
  std::vector<bool> on_path(parents.node_count(), false);
  std::vector<node_id> path;
  for (node_id v{start}; !on_path[v.index()];) {
    on_path[v.index()] = true;
    path.push_back(v);
    const auto up = parents[v];
    v = *std::find_if(up.begin(), up.end(), [&](node_id p) { return !ordered[p.index()]; });
    if (on_path[v.index()]) {  // only what leads back to v is the cycle
      path.erase(path.begin(), std::find(path.begin(), path.end(), v));
      path.push_back(v);
      break;
    }
  }
  return path;
}

/// `a -> b -> a`; of a long cycle the first nodes and the last. `name_of(node)` is the id of a node.
template <class NameOf>
[[nodiscard]] std::string print_cycle(std::span<const node_id> cycle, NameOf&& name_of) {
  constexpr std::size_t shown = 10;  // at either end
  std::string out;
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
