// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/sample_layout.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include "support/small_graph.hpp"

using mll::node_id;
using mll::sample_layout;

TEST_CASE("rows are assigned node by node") {
  const std::vector<std::size_t> counts{3, 1, 2};
  const sample_layout layout{{node_id{2}, node_id{5}, node_id{9}}, counts};
  CHECK(layout.row_count() == 6);
  CHECK(layout.nodes().size() == 3);
  CHECK(layout.rows(node_id{2}).first == 0);
  CHECK(layout.rows(node_id{2}).count == 3);
  CHECK(layout.rows(node_id{9}).first == 4);
  CHECK(layout.rows_at(1).first == 3);
  CHECK(layout.position(node_id{5}) == 1);
  CHECK(layout.contains(node_id{9}));
  for (const node_id absent : {node_id{0}, node_id{3}, node_id{10}, node_id{}}) {
    CHECK_FALSE(layout.contains(absent));
    CHECK(layout.position(absent) == 3);
    CHECK(layout.rows(absent).count == 0);
  }
  CHECK(layout == sample_layout{{node_id{2}, node_id{5}, node_id{9}}, counts});
  CHECK(layout != sample_layout{});
}

TEST_CASE("an empty layout") {
  const sample_layout layout;
  CHECK(layout.row_count() == 0);
  CHECK(layout.nodes().empty());
  CHECK_FALSE(layout.contains(node_id{0}));
  CHECK(layout == sample_layout{{}, {}});
}

TEST_CASE("invalid layouts are refused") {
  const auto make = [](std::vector<node_id> nodes, std::vector<std::size_t> counts) {
    return sample_layout{std::move(nodes), counts};
  };
  CHECK_THROWS_WITH_AS(make({node_id{1}}, {1, 2}), "counts: expected 1 counts, one per node, found 2",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(make({node_id{2}, node_id{1}}, {1, 1}),
                       "nodes: expected increasing ids, found 1 after 2", mll::invalid_argument);
  CHECK_THROWS_WITH_AS(make({node_id{1}, node_id{1}}, {1, 1}),
                       "nodes: expected increasing ids, found 1 after 1", mll::invalid_argument);
  CHECK_THROWS_WITH_AS(make({node_id{1}}, {0}),
                       "counts: expected at least 1 sample per node, found 0 for node 1",
                       mll::invalid_argument);
}

TEST_CASE("a layout knows its graph, and its rows by a fingerprint") {
  const std::vector<std::size_t> counts{3, 1};
  const mll::test::small_dag graph = mll::test::make_dag(3, {{0, 2}});
  const mll::test::small_dag other = mll::test::make_dag(3, {{1, 2}});
  const sample_layout known{{node_id{0}, node_id{2}}, counts, graph.fingerprint()};
  const sample_layout unknown{{node_id{0}, node_id{2}}, counts};
  CHECK(known == unknown);
  CHECK(known.fingerprint() == unknown.fingerprint());
  CHECK(known.fingerprint() != sample_layout{{node_id{0}, node_id{1}}, counts}.fingerprint());
  CHECK(known.fingerprint() !=
        sample_layout{{node_id{0}, node_id{2}}, std::vector<std::size_t>{3, 2}}.fingerprint());
  CHECK_NOTHROW(known.require_graph("samples", graph));
  CHECK_NOTHROW(unknown.require_graph("samples", other));
  CHECK_NOTHROW(sample_layout{}.require_graph("samples", other));
  CHECK_THROWS_WITH_AS(
      known.require_graph("samples", other),
      "samples: expected nodes of this graph, found nodes of another graph (its fingerprint differs)",
      mll::invalid_argument);
  CHECK_THROWS_WITH_AS(unknown.require_graph("labels", mll::test::make_dag(2, {})),
                       "labels: expected nodes of the graph, below 2, found node 2", mll::invalid_argument);
}
