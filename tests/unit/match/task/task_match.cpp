#include "mll/match/task/task_match.hpp"

#include <doctest/doctest.h>

#include <vector>

TEST_CASE("a class means nothing until it is matched") {
  const mll::class_match nothing;
  CHECK(!nothing.node.valid());
  CHECK(nothing.candidates.empty());
  CHECK(nothing.evidence.empty());
  CHECK(nothing.sample_count == 0);
  CHECK(nothing.coverage == mll::coverage::no_node);
  CHECK(mll::sense_candidate{}.rank == 1);
}

TEST_CASE("classes of a match are found by id") {
  mll::task_match match{mll::task{{"cat"}, {"dog"}}, std::vector<mll::class_match>(2)};
  match.classes[1].node = mll::node_id{7};
  CHECK(!match[mll::class_id{0}].node.valid());
  CHECK(match[mll::class_id{1}].node == mll::node_id{7});
  CHECK(match.task[mll::class_id{1}].name == "dog");
}

TEST_CASE("the runner-up is the second candidate, if there is one") {
  mll::class_match match;
  CHECK(match.runner_up() == nullptr);
  match.candidates = {{.node = mll::node_id{3}, .probability = 1}};
  CHECK(match.runner_up() == nullptr);
  match.candidates = {{.node = mll::node_id{3}, .probability = 0.7},
                      {.node = mll::node_id{5}, .probability = 0.3}};
  REQUIRE(match.runner_up() != nullptr);
  CHECK(match.runner_up()->node == mll::node_id{5});
}
