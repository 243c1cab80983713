// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#include <mll/core/xtensor.hpp>
#include <mll/exec/for_each_index.hpp>
#include <mll/exec/sequential.hpp>
#include <mll/graph/make_semantic_dag.hpp>
#include <mll/version.hpp>

#include <cstddef>
#include <iostream>
#include <utility>
#include <vector>

int main() {
  std::vector<mll::synset> nodes(2);
  nodes[0].id = "animal";
  nodes[1].id = "dog";
  const std::vector<std::pair<mll::node_id, mll::node_id>> edges{{mll::node_id{1}, mll::node_id{0}}};
  const auto graph = mll::make_semantic_dag(nodes, edges);
  std::size_t calls = 0;
  mll::exec::for_each_index(mll::exec::sequential{}, graph.size(), [&](std::size_t) { ++calls; });
  std::cout << "mll " << mll::version() << '\n';
  return calls == 2 ? 0 : 1;
}
