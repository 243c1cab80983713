// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/stored_profile.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/profile/profile.hpp"
#include "mll/profile/update_profile.hpp"
#include "mll/store/find_profile.hpp"
#include "mll/store/save_profile.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

TEST_CASE("a kept profile is brought up to date when a model comes or goes") {
  const detail::temporary_folder scratch;
  const test::store_world world{5, 4, 6};
  const exec::sequential backend;
  auto store = world.make_labelled(scratch.path() / "hub.mll");
  const auto stored = store.models();
  const model_labels all = store.labels(world.graph);
  const auto origin = store.origin();
  store.remove_model("m4");
  CHECK_FALSE(find_stored_profile(store, world.graph).has_value());
  REQUIRE(save_profile(store, profile(backend, store.labels(world.graph), world.graph), store.basis()));
  CHECK_FALSE(find_stored_profile(store, world.graph)->stale);

  store.add_model(stored[4]);
  CHECK_FALSE(find_stored_profile(store, world.graph)->stale);  // it has no label
  store.write_label(*test::find_label(all, "m4"), all.samples(), world.graph, origin);
  CHECK_FALSE(find_profile(store, world.graph).has_value());
  const auto update = [&] {
    auto kept = find_stored_profile(store, world.graph);
    REQUIRE(kept.has_value());
    CHECK(kept->stale);
    const auto labels = store.labels(world.graph);
    auto out = update_profile(backend, std::move(kept->profile), labels, world.graph);
    CHECK(detail::encode_profile(out.profile) ==
          detail::encode_profile(profile(backend, labels, world.graph)));
    REQUIRE(save_profile(store, out.profile, store.basis()));
    CHECK(find_profile(store, world.graph).has_value());
    return out;
  };
  const auto added = update();
  CHECK(added.made == 1);
  CHECK(added.kept == 4);
  CHECK(added.dropped == 0);

  store.remove_model("m1");
  const auto removed = update();
  CHECK(removed.made == 0);
  CHECK(removed.dropped == 1);

  // Another graph; a damaged row.
  CHECK_FALSE(find_stored_profile(store, test::make_star(5)).has_value());
  {
    const detail::connection_pool::lease db{*store.connections()};
    (*db).execute("UPDATE profile SET basis = 'another'");
  }
  CHECK_FALSE(find_stored_profile(store, world.graph).has_value());
}

TEST_CASE("a profile with a general model is kept, and compared by update_profile") {
  const detail::temporary_folder scratch;
  const test::store_world world{3, 4, 6};
  const exec::sequential backend;
  auto store = world.make_labelled(scratch.path() / "hub.mll");
  const auto labels = store.labels(world.graph);
  general_model_labels general;
  general.embeddings.resize(static_cast<Eigen::Index>(labels.samples().row_count()), 2);
  for (Eigen::Index i = 0; i < general.embeddings.size(); ++i)
    general.embeddings.data()[i] = static_cast<float>(i % 5) - 2;
  general.node_texts.resize(4, 2);
  general.node_texts << 1, 0, 0, 1, -1, 0, 0, -1;
  const auto made = profile(backend, labels, world.graph, {.general = &general});
  REQUIRE(save_profile(store, made, store.basis()));
  CHECK_FALSE(find_profile(store, world.graph).has_value());  // the general model may be another one by now
  const auto kept = find_stored_profile(store, world.graph);
  REQUIRE(kept.has_value());
  CHECK_FALSE(kept->stale);
  CHECK(detail::encode_profile(kept->profile) == detail::encode_profile(made));
  CHECK_FALSE(update_profile(backend, kept->profile, labels, world.graph, {.general = &general}).changed);
  general.embeddings(0, 0) += 1;
  CHECK(update_profile(backend, kept->profile, labels, world.graph, {.general = &general}).changed);
}
