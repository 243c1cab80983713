// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/random.hpp"
#include "mll/core/text/string_index.hpp"
#include "mll/graph/detail/cycle.hpp"
#include "mll/graph/detail/topological_order.hpp"
#include "mll/graph/detail/vertex_numbering.hpp"
#include "mll/graph/lexicon.hpp"
#include "mll/graph/node_graph.hpp"
#include "mll/graph/semantic_graph.hpp"

namespace mll {

/// The graph that the readers build: compact, immutable, with in-edges.
using compact_graph = boost::compressed_sparse_row_graph<boost::bidirectionalS, synset>;

/// The **SDAG**: an acyclic semantic graph with dense node ids, an index of its synset ids and words, and the
/// order and depth of its nodes.
///
/// Node ids number the vertices in the order of `vertices(graph)`. Algorithms of Boost.Graph run on
/// `graph()`, in terms of its vertices (`vertex`, `node`), and on `parent_graph()` and `child_graph()`, in
/// terms of node ids. Immutable: concurrent reads are safe.
///
/// @tparam Graph models `semantic_graph`; edges point from child to parent
template <semantic_graph Graph = compact_graph>
class semantic_dag {
 public:
  using graph_type = Graph;
  using vertex_type = typename boost::graph_traits<Graph>::vertex_descriptor;

  /// Takes ownership of a graph and indexes it.
  ///
  /// @param[in] graph     the graph; parallel edges count once
  /// @param[in] irregular irregular word forms for the lexicon
  ///
  /// Throws: `invalid_argument` for an empty or repeated synset id, and for a cycle; the message lists the
  /// synset ids of the cycle in order.
  /// Complexity: O(V log V + E + total length of the words).
  explicit semantic_dag(Graph graph, const irregular_forms& irregular = {})
      : graph_{std::make_shared<const Graph>(std::move(graph))}, vertices_{*graph_} {
    collect_edges();
    index_payload(irregular);
    order_nodes();
    take_fingerprint();
  }

  [[nodiscard]] const Graph& graph() const noexcept { return *graph_; }
  /// Number of nodes; node ids are [0, size()).
  [[nodiscard]] std::size_t size() const noexcept { return vertices_.size(); }
  /// Number of distinct child-parent pairs.
  [[nodiscard]] std::size_t edge_count() const noexcept { return parents_.edge_count(); }

  /// The vertex of a node in `graph()`.
  [[nodiscard]] vertex_type vertex(node_id v) const { return vertices_.vertex(v); }
  /// The node of a vertex of `graph()`.
  [[nodiscard]] node_id node(const vertex_type& v) const { return vertices_.number(v); }
  /// The payload of a node.
  [[nodiscard]] const synset& operator[](node_id v) const {
    return node_payload(*graph_, vertices_.vertex(v));
  }

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

 private:
  void collect_edges() {
    std::vector<std::pair<node_id, node_id>> edges = detail::edges_of(*graph_, vertices_);
    parents_ = node_graph{size(), edges};
    for (auto& [child, parent] : edges) std::swap(child, parent);
    children_ = node_graph{size(), edges};
  }

  void index_payload(const irregular_forms& irregular) {
    std::vector<std::pair<std::string_view, word_sense>> entries;
    entries.reserve(2 * size());
    by_id_.reserve(size());
    for (std::size_t i = 0; i < size(); ++i) {
      const node_id v{i};
      const synset& payload = (*this)[v];
      if (payload.id.empty()) {
        throw invalid_argument{"graph", "a synset id at every vertex",
                               "an empty one at vertex " + std::to_string(i)};
      }
      if (!by_id_.insert(payload.id).second) {
        throw invalid_argument{"graph", "unique synset ids", "'" + payload.id + "' twice"};
      }
      std::uint16_t position = 0;
      for (const lemma& word : payload.lemmas) {
        if (position < std::numeric_limits<std::uint16_t>::max()) ++position;
        entries.emplace_back(word.text, word_sense{v, word.sense, word.frequency, position});
      }
    }
    words_ = lexicon{entries, irregular};
  }

  void order_nodes() {
    order_ = detail::topological_order(parents_, children_);
    if (order_.size() != size()) {
      auto cycle = detail::find_cycle(parents_, order_);
      auto text = detail::print_cycle(cycle, [&](node_id v) -> const std::string& { return (*this)[v].id; });
      throw detail::cycle_error{std::move(cycle), std::move(text)};
    }
    std::copy_if(order_.begin(), order_.end(), std::back_inserter(roots_),
                 [&](node_id v) { return parents(v).empty(); });
    std::sort(roots_.begin(), roots_.end());
    depth_ = detail::depths(children_, roots_);
    if (size() > 0) max_depth_ = *std::max_element(depth_.begin(), depth_.end());
  }

  void take_fingerprint() {
    for (std::size_t i = 0; i < size(); ++i) {
      fingerprint_ = stable_hash((*this)[node_id{i}].id, fingerprint_);
      for (const node_id parent : parents(node_id{i}))
        fingerprint_ = derive_seed(fingerprint_, parent.value());
    }
    if (fingerprint_ == 0) fingerprint_ = 1;
  }

  // Shared: copying or moving a BGL graph may give its vertices other descriptors.
  std::shared_ptr<const Graph> graph_;
  detail::vertex_numbering<Graph> vertices_;
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
