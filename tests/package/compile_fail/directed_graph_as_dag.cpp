// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A graph without in-edges.
// expect: semantic_graph
// expect: has_in_edges
#include <boost/graph/adjacency_list.hpp>

#include "mll/graph/semantic_dag.hpp"

#if MLL_TEST_MISTAKE
using direction = boost::directedS;
#else
using direction = boost::bidirectionalS;
#endif
using words = boost::adjacency_list<boost::vecS, boost::vecS, direction, mll::synset>;

int main() {
  const mll::semantic_dag<words> graph{words{}};
}
