// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/shards/missing_shards.hpp"

#include <doctest/doctest.h>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/store/label_share.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

TEST_CASE("shares with work left are those of the labels that are missing") {
  const detail::temporary_folder scratch;
  const test::store_world world{6, 8, 3};
  auto store = world.make_store(scratch.path() / "hub.mll");
  // Counted from the definition of a share.
  const auto expected = [&](std::size_t count, std::size_t first_model) {
    std::vector<shard_work> out;
    for (std::size_t i = 1; i <= count; ++i) {
      shard_work work{.number = i};
      for (std::size_t m = first_model; m < 6; ++m) {
        for (const auto& node : world.nodes()) {
          if (!label_share{i, count}.has(world.stored("m" + std::to_string(m)), node.synset)) continue;
          ++work.labels;
          work.samples += node.sample_count;
        }
      }
      if (work.labels != 0) out.push_back(work);
    }
    return out;
  };
  for (const std::size_t count : {1U, 3U, 50U}) CHECK(missing_shards(store, count) == expected(count, 0));
  CHECK(missing_shards(store, 50).size() < 50);  // 48 labels
  const auto labels = world.labels();
  for (std::size_t m = 0; m < 5; ++m)
    store.write_label(labels.models()[m], labels.samples(), world.graph, store.origin());
  for (const std::size_t count : {1U, 3U, 50U}) CHECK(missing_shards(store, count) == expected(count, 5));
  auto changed = world.stored("m0");
  changed.fingerprint = "2";
  store.update_model("m0", changed);  // all of its label is stale
  CHECK(missing_shards(store, 1) == std::vector<shard_work>{{1, 16, 56}});
  store.update_model("m0", world.stored("m0"));
  store.write_label(labels.models()[5], labels.samples(), world.graph, store.origin());
  CHECK(missing_shards(store, 3).empty());
}

TEST_CASE("a store without samples, and no shares") {
  const detail::temporary_folder scratch;
  auto store = hub_store::create(scratch.path() / "hub.mll");
  CHECK_THROWS_WITH_AS(static_cast<void>(missing_shards(store, 2)), doctest::Contains("a store with samples"),
                       invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(missing_shards(store, 0)), invalid_argument);
}
