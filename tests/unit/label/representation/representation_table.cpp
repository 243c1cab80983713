// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/representation/representation_table.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/small_graph.hpp"

using mll::node_id;
using table_type = mll::representation_table<std::string>;

TEST_CASE("nodes are increasing, samples in the order in which they were added") {
  table_type table;
  table.add(node_id{5}, {"e"});
  table.add(node_id{2}, {"b1", "b2"});
  table.add(node_id{9}, {});
  table.add(node_id{3}, {"c"});
  table.add(node_id{2}, {"b3"});
  CHECK(std::vector(table.nodes().begin(), table.nodes().end()) ==
        std::vector{node_id{2}, node_id{3}, node_id{5}});
  CHECK(table.sample_count(node_id{2}) == 3);
  CHECK(table.sample(node_id{2}, 0) == "b1");
  CHECK(table.sample(node_id{2}, 2) == "b3");
  CHECK(table.sample(node_id{5}, 0) == "e");
  CHECK(table.sample_count(node_id{9}) == 0);
  CHECK(table.sample_count(node_id{4}) == 0);
  CHECK(table.samples(node_id{3}).size() == 1);
}

TEST_CASE("nodes are found by synset id") {
  const auto graph = mll::test::make_dag(4, {});
  table_type table{graph, {{"s3", {"x"}}, {"s1", {"y"}}, {"s3", {"z"}}}};
  CHECK(table.sample_count(node_id{3}) == 2);
  CHECK(table.sample(node_id{3}, 1) == "z");
  table.add(graph, "s0", {"w"});
  CHECK(table.nodes().front() == node_id{0});
}

TEST_CASE("invalid input is named") {
  const auto graph = mll::test::make_dag(2, {});
  table_type table;
  CHECK_THROWS_WITH_AS(table.add(graph, "n42", {"x"}),
                       "synset_id: expected the id of a node of the graph, found 'n42'",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS((table_type{graph, {{"s0", {"x"}}, {"oops", {"y"}}}}),
                       "synset_id: expected the id of a node of the graph, found 'oops'",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(table.add(node_id{}, {"x"}), "v: expected the id of a node, found an invalid id",
                       mll::invalid_argument);
  CHECK(table.nodes().empty());
  table.add(node_id{1}, {"x"});
  CHECK_THROWS_WITH_AS(static_cast<void>(table.sample(node_id{1}, 1)),
                       "i: expected below 1, the number of samples of the node, found 1",
                       mll::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(table.sample(node_id{0}, 0)), mll::invalid_argument);
}
