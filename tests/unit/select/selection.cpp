// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/selection.hpp"

#include <doctest/doctest.h>

#include "mll/match/task/task.hpp"

TEST_CASE("a selection of a match alone has no estimate, no heads and no general texts") {
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

TEST_CASE("default ids of a reason and of a selected model are invalid") {
  const mll::head_reason reason;
  CHECK(!reason.target.valid());
  CHECK(!reason.rival.valid());
  CHECK(!reason.head.model.valid());
  CHECK(!mll::selected_model{}.id.valid());
}
