// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/ensemble/ensemble_builder.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "support/planted_labels.hpp"

TEST_CASE("ensemble_builder numbers the heads in use and points each vote at its head") {
  const auto planted = mll::test::plant({2, 2, 2}, {{{0}, {1}, {2}}, {{0}, {1}}}, 81);
  const auto labels = planted.labels();
  const mll::task_evidence evidence{labels, planted.match};

  mll::ensemble_builder builder;
  builder.add(2, 4, {.weight = 0.5F, .slope = 2, .gain = 0.25F});
  builder.add(0, 1, {.weight = 1});
  builder.add(2, 1, {.weight = 0.5F, .intercept = -1});
  const mll::ensemble out = builder.finish(evidence);

  CHECK(out.heads == std::vector<mll::head_id>{{mll::model_id{0}, 1}, {mll::model_id{1}, 1}});
  REQUIRE(out.votes.size() == 3);
  REQUIRE(out.votes[0].size() == 1);
  CHECK(out.votes[1].empty());
  REQUIRE(out.votes[2].size() == 2);
  CHECK(out.votes[0][0].head == 0);
  CHECK(out.votes[2][0].head == 1);
  CHECK(out.votes[2][0].slope == 2);
  CHECK(out.votes[2][0].gain == 0.25F);
  CHECK(out.votes[2][1].head == 0);
  CHECK(out.votes[2][1].intercept == -1);
  CHECK(mll::detail::positions_of(evidence, out) == std::vector<std::uint32_t>{1, 4});
}
