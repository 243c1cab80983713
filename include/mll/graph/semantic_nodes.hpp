// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/random.hpp"
#include "mll/core/text/string_index.hpp"
#include "mll/graph/lexicon.hpp"
#include "mll/graph/node_graph.hpp"
#include "mll/graph/synset.hpp"

namespace mll {

/// The nodes of an SDAG, without the type of its Boost.Graph graph: payload, edges, order, depth, and an
/// index of synset ids and words. Made as the base of a `semantic_dag`; the stages take this type, so that
/// they are compiled once for all types of graphs.
///
/// Immutable: concurrent reads are safe. Keeps the graph alive.
class semantic_nodes {
 public:
  /// Number of nodes; node ids are [0, size()).
  [[nodiscard]] std::size_t size() const noexcept { return payload_.size(); }
  /// Number of distinct child-parent pairs.
  [[nodiscard]] std::size_t edge_count() const noexcept { return parents_.edge_count(); }

  /// The payload of a node.
  [[nodiscard]] const synset& operator[](node_id v) const { return *payload_[v.index()]; }

  /// Direct parents (broader meanings) of a node, in increasing id.
  [[nodiscard]] std::span<const node_id> parents(node_id v) const { return parents_[v]; }
  /// Direct children (narrower meanings) of a node, in increasing id.
  [[nodiscard]] std::span<const node_id> children(node_id v) const { return children_[v]; }
  /// The edges from child to parent, as a Boost.Graph graph of node ids.
  [[nodiscard]] const node_graph& parent_graph() const noexcept { return parents_; }
  /// The edges from parent to child, as a Boost.Graph graph of node ids.
  [[nodiscard]] const node_graph& child_graph() const noexcept { return children_; }
  /// Nodes without parents, in increasing id.
  [[nodiscard]] std::span<const node_id> roots() const noexcept { return roots_; }

  /// All nodes, every parent before its children; of the nodes that may come next, the lowest id first.
  [[nodiscard]] std::span<const node_id> topological_order() const noexcept { return order_; }
  /// Number of edges on the shortest path up to a root; 0 for a root.
  [[nodiscard]] std::uint32_t depth(node_id v) const { return depth_[v.index()]; }
  /// The largest depth in the graph.
  [[nodiscard]] std::uint32_t max_depth() const noexcept { return max_depth_; }

  /// The node with a synset id, if any.
  [[nodiscard]] std::optional<node_id> find(std::string_view synset_id) const {
    const auto found = by_id_.find(synset_id);
    return found ? std::optional{node_id{*found}} : std::nullopt;
  }
  /// The node with a synset id. Throws: `invalid_argument` if there is none.
  [[nodiscard]] node_id at(std::string_view synset_id) const {
    if (const auto found = find(synset_id)) return *found;
    throw invalid_argument{"synset_id", "the id of a node of the graph", "'" + std::string{synset_id} + "'"};
  }

  /// A fingerprint of ids, numbering and edges, by which labels, matches and profiles know their graph. Never
  /// 0.
  [[nodiscard]] std::uint64_t fingerprint() const noexcept { return fingerprint_; }

  /// The words of the graph.
  [[nodiscard]] const lexicon& words() const noexcept { return words_; }

 protected:
  semantic_nodes() = default;

  /// @param[in] owner   keeps the payload
  /// @param[in] payload `[nodes]`
  /// @param[in] edges   (child, parent)
  MLL_DECLARE void index(std::shared_ptr<const void> owner, std::vector<const synset*> payload,
                         std::vector<std::pair<node_id, node_id>> edges, const irregular_forms& irregular);

  [[nodiscard]] const void* owner() const noexcept { return owner_.get(); }

 private:
  MLL_DECLARE void index_payload(const irregular_forms& irregular);
  MLL_DECLARE void order_nodes();
  MLL_DECLARE void take_fingerprint();

  std::shared_ptr<const void> owner_;
  std::vector<const synset*> payload_;
  node_graph parents_;
  node_graph children_;
  std::vector<node_id> roots_;
  std::vector<node_id> order_;
  std::vector<std::uint32_t> depth_;
  std::uint32_t max_depth_ = 0;
  std::uint64_t fingerprint_ = 0;
  detail::string_index by_id_;  // its numbers are the node ids
  lexicon words_;
};

}  // namespace mll

#if !MLL_COMPILED
#include "mll/graph/detail/semantic_nodes.ipp"
#endif
