// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/find/find_nodes.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/find/find.hpp"
#include "support/animals.hpp"
#include "support/planted_labels.hpp"

TEST_CASE("find_nodes agrees with find") {
  std::vector<std::size_t> counts(16, 0);
  for (const std::size_t v :
       {mll::test::crane_bird, mll::test::heron, mll::test::bulldozer, mll::test::bicycle})
    counts[v] = 15;
  const auto labels =
      mll::test::plant(counts, {{{mll::test::heron, 3, -1, 1}, {mll::test::bicycle, 3, -1, 1}}}, 3).labels();
  const auto graph = mll::test::animals();
  const mll::exec::sequential backend;
  const std::array more{mll::node_id{mll::test::bird}, mll::node_id{mll::test::driver_person}};
  const auto found =
      mll::find_nodes(backend, labels, graph, mll::head_id{mll::model_id{std::size_t{0}}, 0}, more);
  REQUIRE(found.size() == 5);  // the driver has no samples
  CHECK(found[0].node == mll::node_id{mll::test::heron});
  for (const mll::found_node& each : found) {
    const auto heads = mll::find(backend, labels, graph, each.node, {.use_names = false}).heads;
    for (const mll::found_head& head : heads) {
      if (head.head.index != 0) continue;
      CHECK(head.probability == each.probability);
      CHECK(head.auc == each.auc);
      CHECK(head.response == each.response);
    }
    CHECK(each.sample_count == (each.node == mll::node_id{mll::test::bird} ? 30 : 15));
  }
  CHECK_THROWS_AS(static_cast<void>(mll::find_nodes(backend, labels, graph,
                                                    mll::head_id{mll::model_id{std::size_t{4}}, 0})),
                  mll::invalid_argument);
}
