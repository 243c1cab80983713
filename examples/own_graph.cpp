// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A graph of one's own from names, and an algorithm of Boost.Graph on it.
#include <mll/graph/make_semantic_dag.hpp>

#include <boost/graph/topological_sort.hpp>
#include <iostream>
#include <iterator>
#include <vector>

int main() {
  const auto dag = mll::make_semantic_dag(  // {child, parent}, and words where a name is not enough
      {{"car", "vehicle"}, {"truck", "vehicle"}, {"pickup", "car"}, {"pickup", "truck"}},
      {{"car", {"car", "automobile"}}, {"truck", {"truck", "lorry"}}});

  std::vector<std::size_t> order;  // vertices of dag.graph(), parents first
  boost::topological_sort(dag.graph(), std::back_inserter(order));
  for (const auto vertex : order) {
    const mll::node_id node = dag.node(vertex);
    std::cout << dag[node].id << ": depth " << dag.depth(node) << '\n';
  }
  return dag.words().senses("lorry").size() == 1 && dag[dag.node(order[0])].id == "vehicle" ? 0 : 1;
}
