// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/match/task/task_match.hpp"

#include <doctest/doctest.h>

#include <vector>

TEST_CASE("a class_match is empty by default") {
  const mll::class_match nothing;
  CHECK(!nothing.node.valid());
  CHECK(nothing.candidates.empty());
  CHECK(nothing.evidence.empty());
  CHECK(nothing.sample_count == 0);
  CHECK(nothing.coverage == mll::coverage::no_node);
  CHECK(mll::sense_candidate{}.rank == 1);
}

TEST_CASE("task_match finds classes by id") {
  mll::task_match match{mll::task{{"cat"}, {"dog"}}, std::vector<mll::class_match>(2)};
  match.classes[1].node = mll::node_id{7};
  CHECK(!match[mll::class_id{0}].node.valid());
  CHECK(match[mll::class_id{1}].node == mll::node_id{7});
  CHECK(match.task[mll::class_id{1}].name == "dog");
}

TEST_CASE("runner_up is the second candidate, if any") {
  mll::class_match match;
  CHECK(match.runner_up() == nullptr);
  match.candidates = {{.node = mll::node_id{3}, .probability = 1}};
  CHECK(match.runner_up() == nullptr);
  match.candidates = {{.node = mll::node_id{3}, .probability = 0.7},
                      {.node = mll::node_id{5}, .probability = 0.3}};
  REQUIRE(match.runner_up() != nullptr);
  CHECK(match.runner_up()->node == mll::node_id{5});
}

TEST_CASE("nodes_of lists each node of the evidence once, in increasing id") {
  mll::task_match match{mll::task{{"cat"}, {"dog"}, {"emu"}}, std::vector<mll::class_match>(3)};
  CHECK(mll::nodes_of(match).empty());
  match.classes[0].evidence = {{mll::node_id{5}, 1}, {mll::node_id{9}, 0.5}};
  match.classes[2].evidence = {{mll::node_id{2}, 0.5}, {mll::node_id{5}, 0.5}};
  CHECK(mll::nodes_of(match) == std::vector{mll::node_id{2}, mll::node_id{5}, mll::node_id{9}});
}
