// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A user's small program: it compiles fast, and needs every library below mll.
#include <mll/core/matrix.hpp>
#include <mll/core/xtensor.hpp>
#include <mll/exec/for_each_index.hpp>
#include <mll/exec/sequential.hpp>
#include <mll/graph/make_semantic_dag.hpp>
#include <mll/version.hpp>

#include <cstddef>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#ifdef EXPECTED_EIGEN
static_assert(EIGEN_MAJOR_VERSION == EXPECTED_EIGEN || EIGEN_WORLD_VERSION == EXPECTED_EIGEN);
#endif

int main() {
  mll::synset animal;
  animal.id = "animal";
  mll::synset dog;
  dog.id = "dog";
  const std::vector<std::pair<mll::node_id, mll::node_id>> edges{{mll::node_id{1}, mll::node_id{0}}};
  const auto graph = mll::make_semantic_dag({animal, dog}, edges);

  mll::matrix<float> values(2, 3);
  mll::exec::for_each_index(mll::exec::sequential{}, 2, [&](std::size_t row) {
    values.row(static_cast<Eigen::Index>(row)).setConstant(static_cast<float>(row + 1));
  });
  const auto table = mll::as_xtensor(values);

  std::cout << "mll " << mll::version() << ", " << graph.size() << " nodes\n";
  return graph[graph.at("dog")].id == "dog" && table(1, 2) == 2.0F ? 0 : 1;
}
