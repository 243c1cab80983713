#include "mll/select/selection.hpp"

#include <doctest/doctest.h>

#include "mll/match/task/task.hpp"

TEST_CASE("a selection of nothing but a match has no estimate, no heads and no patch") {
  const mll::selection empty{.match = {mll::task{{"cat"}, {"dog"}}, {}}};
  CHECK(!empty.estimate.has_value());
  CHECK(empty.reasons.empty());
  CHECK(empty.models.empty());
  CHECK(empty.ensemble.heads.empty());
  CHECK(empty.general_texts.size() == 0);
  CHECK(empty.general_scale == 0);
}

TEST_CASE("selections are values") {
  mll::selection first{.match = {mll::task{{"cat"}, {"dog"}}, {}}, .method = "chco"};
  first.estimate =
      mll::accuracy_estimate{.accuracy = 0.5, .low = 0.25, .high = 0.75, .per_class = {0.5, 0.5}};
  mll::selection second = first;
  second.estimate->accuracy = 1;
  second.method = "other";
  CHECK(first.estimate->accuracy == 0.5);
  CHECK(first.method == "chco");
}

TEST_CASE("ids of a reason and of the general model are invalid until set") {
  const mll::head_reason reason;
  CHECK(!reason.target.valid());
  CHECK(!reason.rival.valid());
  CHECK(!reason.head.model.valid());
  CHECK(!mll::selected_model{}.id.valid());
}
