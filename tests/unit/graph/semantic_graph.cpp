// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/graph/semantic_graph.hpp"

#include <doctest/doctest.h>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/compressed_sparse_row_graph.hpp>

#include "support/graphs.hpp"

static_assert(mll::semantic_graph<mll_test::vector_graph>);
static_assert(mll::semantic_graph<mll_test::list_graph>);
static_assert(mll::semantic_graph<mll::compact_graph>);
static_assert(mll::semantic_graph<foreign::thesaurus>);
// No in-edges; no payload.
static_assert(
    !mll::semantic_graph<boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, mll::synset>>);
static_assert(!mll::semantic_graph<boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS>>);

TEST_CASE_TEMPLATE("node_payload finds the synset of a vertex", Graph, MLL_TEST_GRAPHS) {
  const auto plain = mll_test::random_dag(5, 0.5, 1);
  const Graph g = mll_test::make_graph<Graph>::from(plain);
  std::size_t i = 0;
  for (auto [v, last] = vertices(g); v != last; ++v) CHECK(mll::node_payload(g, *v) == plain.nodes[i++]);
  CHECK(i == 5);
}
