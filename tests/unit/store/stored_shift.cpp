// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/stored_shift.hpp"

#include <doctest/doctest.h>

#include "mll/core/io/temporary_folder.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

TEST_CASE("a shift fit is kept, and is stale once labels change") {
  const detail::temporary_folder scratch;
  const test::store_world world{3, 4, 6};
  auto store = world.make_labelled(scratch.path() / "hub.mll");
  CHECK_FALSE(find_shift(store).has_value());
  shift_fit fit = shift_fit::of_distorted_images();
  fit.name = "learnt";
  fit.spread[2] = 0.75;
  save_shift(store, fit, store.basis());
  const auto kept = find_shift(store);
  REQUIRE(kept.has_value());
  CHECK(kept->fit == fit);
  CHECK_FALSE(kept->stale);

  auto model = store.models()[2];
  model.fingerprint = "2";
  store.update_model("m2", model);
  REQUIRE(find_shift(store).has_value());
  CHECK(find_shift(store)->stale);
}

TEST_CASE("a note that is not a shift fit counts as none") {
  const detail::temporary_folder scratch;
  const test::store_world world{2, 3, 4};
  auto store = world.make_labelled(scratch.path() / "hub.mll");
  store.save_note(detail::shift_key, "something else");
  CHECK_FALSE(find_shift(store).has_value());
}
