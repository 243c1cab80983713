// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A graph whose vertices carry no synset.
// expect: semantic_graph
// expect: has_node_payload
#include <boost/graph/adjacency_list.hpp>
#include <string>

#include "mll/graph/semantic_dag.hpp"

#if MLL_TEST_MISTAKE
using payload = std::string;
#else
using payload = mll::synset;
#endif
using words = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, payload>;

int main() {
  const mll::semantic_dag<words> graph{words{}};
}
