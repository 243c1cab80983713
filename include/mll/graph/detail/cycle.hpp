// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
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

/// The first cycle that depth-first search meets, its first node repeated at the end; empty if there is none.
MLL_DECLARE [[nodiscard]] std::vector<node_id> find_cycle(const node_graph& parents);

/// The position of the edge that closes a cycle: of its edges the one that comes first last.
/// @param[in] cycle the nodes of the cycle, the first one again at the end
MLL_DECLARE [[nodiscard]] std::size_t closing_edge(std::span<const node_id> cycle,
                                                   std::span<const std::pair<node_id, node_id>> edges);

/// Removes the edges that close a cycle, with their repetitions: those that lead back to a node of the
/// path on which depth-first search reached them.
/// @return the removed edges, in the order in which they were met
/// Complexity: O(nodes + edges log edges).
MLL_DECLARE std::vector<std::pair<node_id, node_id>> remove_cycles(
    std::size_t nodes, std::vector<std::pair<node_id, node_id>>& edges);

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

#if !MLL_COMPILED
#include "mll/graph/detail/cycle.ipp"
#endif
