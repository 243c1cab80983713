// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/save_profile.hpp"

#include <doctest/doctest.h>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/match/match.hpp"
#include "mll/profile/profile.hpp"
#include "mll/reuse/io/write_selection.hpp"
#include "mll/select/select.hpp"
#include "mll/store/find_profile.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

TEST_CASE("a profile is kept until labels change, and selects the same") {
  const detail::temporary_folder scratch;
  const test::store_world world{3, 4, 6};
  auto store = world.make_labelled(scratch.path() / "hub.mll");
  CHECK_FALSE(find_profile(store, world.graph).has_value());
  const auto labels = store.labels(world.graph);
  const auto made = profile(exec::sequential{}, labels, world.graph);
  REQUIRE(save_profile(store, made, store.basis()));
  const auto kept = find_profile(store, world.graph);
  REQUIRE(kept.has_value());
  CHECK(detail::encode_profile(*kept) == detail::encode_profile(made));
  CHECK(kept->expected_response(world.graph.at("n1")) == made.expected_response(world.graph.at("n1")));
  const auto task_of = task{{"n0"}, {"n1"}, {"n2"}};
  const auto matched = match(exec::sequential{}, task_of, world.graph, labels.samples());
  const auto chosen = [&](const hub_profile& with) {
    return detail::encode_selection(select(exec::sequential{}, labels, matched,
                                           {.method = {.budget = experts{2}}, .profile = &with, .folds = 2}));
  };
  CHECK(chosen(*kept) == chosen(made));

  CHECK_FALSE(find_profile(store, test::make_star(5)).has_value());
  auto model = store.models()[2];
  model.fingerprint = "2";
  store.update_model("m2", model);
  CHECK_FALSE(find_profile(store, world.graph).has_value());
}
