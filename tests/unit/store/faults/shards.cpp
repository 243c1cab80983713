// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Labelling of a shard, and a merge, that are killed at random moments.
#include <doctest/doctest.h>

#include <chrono>
#include <iostream>
#include <optional>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/core/random.hpp"
#include "mll/store/shards/label_shard.hpp"
#include "mll/store/shards/merge_stores.hpp"
#include "support/killed_child.hpp"
#include "support/shards.hpp"

using namespace mll;

namespace {

constexpr std::size_t shard_count = 3;

/// A hub, its shards, and the labels of one machine.
struct sharded {
  detail::temporary_folder scratch;
  test::store_world world{40, 8, 3};
  std::filesystem::path base = scratch.path() / "base.mll";
  std::vector<std::filesystem::path> shards;
  std::map<std::string, std::string> expected;

  sharded() {
    { const auto made = world.make_store(base, test::quick); }
    shards = test::label_shards(world, base, shard_count, scratch.path());
    auto alone = world.make_store(scratch.path() / "alone.mll", test::quick);
    update_store(exec::sequential{}, alone, world.models, world.samples, world.graph);
    expected = test::exported(alone, world.graph);
  }
  /// A copy of the base under a name that a killed process may have used before.
  [[nodiscard]] std::filesystem::path fresh(const char* name) const {
    const auto file = gone(name);
    std::filesystem::copy_file(base, file);
    return file;
  }
  [[nodiscard]] std::filesystem::path gone(const char* name) const {
    const auto file = scratch.path() / name;
    for (const char* ending : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + ending);
    return file;
  }
};

std::uint64_t microseconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin)
          .count());
}

void require_sound(const std::filesystem::path& file) {
  const auto report = hub_store::open(file, test::quick).verify();
  REQUIRE_MESSAGE(report.clean(), (report.damages.empty() ? "" : report.damages.front().what));
}

}  // namespace

TEST_CASE("faults: kill -9 of shards, labelled again and merged, gives the bytes of an undisturbed run") {
  const std::size_t cases = test::fault_cases(12, 200);
  const sharded all;
  const auto label_in_child = [&](const std::filesystem::path& file, const label_share& share,
                                  const std::optional<test::moment>& death) {
    return test::run_in_child(
        [&](const test::acknowledge& finished) {
          test::label_share_of(all.world, all.base, file, share,
                               {.chunk_samples = 12, .models_at_a_time = 4, .finished = finished});
        },
        death);
  };
  std::vector<std::string> names;
  const std::uint64_t whole = microseconds_of([&] {
    names = label_in_child(all.gone("shard.mll"), {1, shard_count}, std::nullopt);
  });
  const auto labels_of = [&](const std::string& model, const label_share& share) {
    std::size_t out = 0;
    for (const auto& node : all.world.nodes()) out += share.has(all.world.stored(model), node.synset) ? 1 : 0;
    return out;
  };

  random_engine engine{11};
  std::size_t interrupted = 0;
  std::size_t kills = 0;
  std::size_t acknowledged = 0;
  for (; interrupted < cases && kills < 4 * cases;) {
    const label_share share{1 + engine() % shard_count, shard_count};
    const auto file = all.gone("shard.mll");
    for (std::uint64_t again = 0; again <= engine() % 2; ++again) {  // killed once, or twice
      // Models end together, with the share: waiting for the first of them leaves little to kill.
      const test::moment death{engine() % 8 == 0 ? 1U : 0U, engine() % (1 + whole / (again + 1))};
      const auto done = label_in_child(file, share, death);
      ++kills;
      if (!std::filesystem::exists(file)) {
        CHECK(done.empty());
        ++interrupted;
        continue;
      }
      require_sound(file);
      const std::size_t there = hub_store::open(file, test::quick).verify().chunk_count;
      std::size_t promised = 0;
      for (const std::string& name : done) promised += labels_of(name, share);
      REQUIRE(there >= promised);
      acknowledged += promised;
      std::size_t of_share = 0;
      for (const model_id id : all.world.models.ids())
        of_share += labels_of(all.world.models.name(id), share);
      interrupted += there < of_share ? 1 : 0;
    }
    test::label_share_of(all.world, all.base, file, share);
    auto shards = all.shards;
    shards[share.number - 1] = file;
    auto store = hub_store::open(all.fresh("hub.mll"), test::quick);
    merge_stores(store, shards);
    REQUIRE(test::exported(store, all.world.graph) == all.expected);
  }
  CHECK(interrupted > 0);
  std::cout << "kill -9 of shards: " << kills << " cases, " << interrupted << " of them before the end, "
            << acknowledged << " acknowledged labels, none lost\n";
}

TEST_CASE("faults: kill -9 of a merge, which then goes on, gives the bytes of an undisturbed run") {
  const std::size_t cases = test::fault_cases(12, 200);
  const sharded all;
  const auto merge_in_child = [&](const std::filesystem::path& file, std::size_t batch_bytes,
                                  const std::optional<test::moment>& death) {
    return test::run_in_child(
        [&](const test::acknowledge& finished) {
          auto store = hub_store::open(file, test::quick);
          merge_stores(store, all.shards, {.batch_bytes = batch_bytes, .observer = [&](const progress& at) {
                                             finished(std::string{at.detail});
                                           }});
        },
        death);
  };
  random_engine engine{12};
  std::size_t interrupted = 0;
  std::size_t kills = 0;
  for (; interrupted < cases && kills < 4 * cases; ++kills) {
    const std::size_t batch_bytes = std::size_t{1} << (engine() % 12);
    static std::map<std::size_t, std::uint64_t> whole;
    if (!whole.contains(batch_bytes))
      whole[batch_bytes] = microseconds_of([&] { merge_in_child(all.fresh("hub.mll"), batch_bytes, {}); });
    const auto file = all.fresh("hub.mll");
    const auto done = merge_in_child(file, batch_bytes, test::moment{0, engine() % (1 + whole[batch_bytes])});
    require_sound(file);
    auto store = hub_store::open(file, test::quick);
    std::size_t complete = 0;
    for (const auto& model : store.models()) complete += model.state == label_state::complete ? 1 : 0;
    interrupted += complete < all.world.models.size() ? 1 : 0;
    const auto merged = merge_stores(store, all.shards);
    for (std::size_t i = 0; i < done.size(); ++i) CHECK(merged.shards[i].added == 0);  // it was acknowledged
    CHECK(merged.completed.size() == all.world.models.size() - complete);
    REQUIRE(test::exported(store, all.world.graph) == all.expected);
  }
  CHECK(interrupted > 0);
  std::cout << "kill -9 of merges: " << kills << " cases, " << interrupted << " of them before the end\n";
}
