// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The kinds of graphs that algorithms are tested with, made from the same nodes and edges.
#pragma once

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "mll/graph/semantic_dag.hpp"
#include "support/random_dag.hpp"

/// A foreign graph without a header of mll: vertices are pointers to the payload.
namespace foreign {

struct entry;
struct arc {
  const entry* from = nullptr;
  const entry* to = nullptr;
  friend bool operator==(const arc&, const arc&) = default;
};
struct entry {
  mll::synset meaning;
  std::vector<arc> broader;
  std::vector<arc> narrower;
};
struct thesaurus {
  std::vector<std::unique_ptr<entry>> entries;
};

class entry_iterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = const entry*;
  using difference_type = std::ptrdiff_t;
  using pointer = const value_type*;
  using reference = value_type;
  entry_iterator() = default;
  explicit entry_iterator(const std::unique_ptr<entry>* at) : at_{at} {}
  value_type operator*() const { return at_->get(); }
  entry_iterator& operator++() { return ++at_, *this; }
  entry_iterator operator++(int) { return entry_iterator{at_++}; }
  friend bool operator==(const entry_iterator&, const entry_iterator&) = default;

 private:
  const std::unique_ptr<entry>* at_ = nullptr;
};

inline std::pair<entry_iterator, entry_iterator> vertices(const thesaurus& g) {
  return {entry_iterator{g.entries.data()}, entry_iterator{g.entries.data() + g.entries.size()}};
}
inline std::size_t num_vertices(const thesaurus& g) {
  return g.entries.size();
}
inline auto out_edges(const entry* v, const thesaurus&) {
  return std::pair{v->broader.data(), v->broader.data() + v->broader.size()};
}
inline auto in_edges(const entry* v, const thesaurus&) {
  return std::pair{v->narrower.data(), v->narrower.data() + v->narrower.size()};
}
inline const entry* source(const arc& e, const thesaurus&) {
  return e.from;
}
inline const entry* target(const arc& e, const thesaurus&) {
  return e.to;
}
inline const mll::synset& mll_node_payload(const thesaurus&, const entry* v) {
  return v->meaning;
}

}  // namespace foreign

template <>
struct boost::graph_traits<foreign::thesaurus> {
  using vertex_descriptor = const foreign::entry*;
  using edge_descriptor = foreign::arc;
  using directed_category = boost::bidirectional_tag;
  using edge_parallel_category = boost::allow_parallel_edge_tag;
  struct traversal_category : boost::bidirectional_graph_tag, boost::vertex_list_graph_tag {};
  using vertex_iterator = foreign::entry_iterator;
  using out_edge_iterator = const foreign::arc*;
  using in_edge_iterator = const foreign::arc*;
  using vertices_size_type = std::size_t;
  using degree_size_type = std::size_t;
};

namespace mll_test {

using vector_graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, mll::synset>;
using list_graph = boost::adjacency_list<boost::listS, boost::listS, boost::bidirectionalS, mll::synset>;

template <class Graph>
struct make_graph {  // an adjacency_list
  static Graph from(const plain_dag& dag) {
    Graph g;
    std::vector<typename boost::graph_traits<Graph>::vertex_descriptor> vertex;
    for (const auto& node : dag.nodes) vertex.push_back(add_vertex(node, g));
    for (const auto& [child, parent] : dag.edges) add_edge(vertex[child.index()], vertex[parent.index()], g);
    return g;
  }
};

template <>
struct make_graph<mll::compact_graph> {
  static mll::compact_graph from(const plain_dag& dag) {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (const auto& [child, parent] : dag.edges) pairs.emplace_back(child.index(), parent.index());
    mll::compact_graph g{boost::edges_are_unsorted_multi_pass, pairs.begin(), pairs.end(), dag.nodes.size()};
    for (std::size_t i = 0; i < dag.nodes.size(); ++i) g[i] = dag.nodes[i];
    return g;
  }
};

template <>
struct make_graph<foreign::thesaurus> {
  static foreign::thesaurus from(const plain_dag& dag) {
    foreign::thesaurus g;
    for (const auto& node : dag.nodes)
      g.entries.push_back(std::make_unique<foreign::entry>(foreign::entry{node, {}, {}}));
    for (const auto& [child, parent] : dag.edges) {
      foreign::entry& from = *g.entries[child.index()];
      foreign::entry& to = *g.entries[parent.index()];
      from.broader.push_back({&from, &to});
      to.narrower.push_back({&from, &to});
    }
    return g;
  }
};

template <class Graph>
mll::semantic_dag<Graph> make_dag(const plain_dag& dag) {
  return mll::semantic_dag<Graph>{make_graph<Graph>::from(dag)};
}

}  // namespace mll_test

#define MLL_TEST_GRAPHS mll_test::vector_graph, mll_test::list_graph, mll::compact_graph, foreign::thesaurus
