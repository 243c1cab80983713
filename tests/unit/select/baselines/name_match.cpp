// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/baselines/name_match.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/profile/profile.hpp"
#include "support/planted_names.hpp"

TEST_CASE("name_match takes the heads named after a class, whatever their responses") {
  using mll::test::planted_head;
  // Two alders, one of them useless; nobody is called cedar, but one nameless head knows it.
  const std::vector<mll::test::planted_model> models{
      {{0, 2}, {1, 2}}, {{0, 0}, {planted_head::nothing}}, {{2, 3}}};
  const auto planted = mll::test::plant({12, 12, 12}, models, 101);
  auto labels = mll::test::named_labels(planted, models);
  auto renamed = *labels.find(mll::model_id{2U});
  renamed.heads[0] = "class_7";
  labels.insert(renamed);
  const auto hub = mll::profile(mll::exec::sequential{}, labels, mll::test::named_graph(3));
  const mll::task_evidence evidence{labels, planted.match, nullptr, &hub};
  const auto fitted = mll::name_match{}(mll::exec::sequential{}, evidence);
  REQUIRE(fitted.votes[0].size() == 2);
  for (const auto& v : fitted.votes[0]) {
    CHECK(v.weight == 0.5F);
    CHECK(fitted.heads[v.head].index == 0);
  }
  REQUIRE(fitted.votes[2].size() == 1);
  CHECK(fitted.heads[fitted.votes[2][0].head].model == mll::model_id{2U});
  CHECK_THROWS_WITH_AS(
      (void)mll::name_match{}(mll::exec::sequential{}, mll::task_evidence{labels, planted.match}),
      "profile: expected a profile of the hub (mll::profile), in the options of select, found none",
      mll::invalid_argument);
}
