// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/shards/merge_stores.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <stop_token>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/core/random.hpp"
#include "mll/store/shards/missing_shards.hpp"
#include "support/shards.hpp"

using namespace mll;

namespace {

using paths = std::vector<std::filesystem::path>;

/// A base without labels, and what one machine makes of it.
struct merging {
  detail::temporary_folder scratch;
  test::store_world world;
  std::filesystem::path base = scratch.path() / "hub.mll";
  std::map<std::string, std::string> expected;

  explicit merging(std::size_t models = 7, std::size_t nodes = 9) : world{models, nodes, 3} {
    const auto alone = scratch.path() / "alone.mll";
    auto store = world.make_store(alone, test::quick);
    update_store(exec::sequential{}, store, world.models, world.samples, world.graph);
    expected = test::exported(store, world.graph);
    { const auto made = world.make_store(base, test::quick); }
  }
  [[nodiscard]] hub_store fresh(const std::string& name) const {
    const auto file = scratch.path() / name;
    std::filesystem::copy_file(base, file);
    return hub_store::open(file, test::quick);
  }
  [[nodiscard]] paths shards(std::size_t count) const {
    return test::label_shards(world, base, count, scratch.path());
  }
};

/// Changes the label of a model at a node; `sealed`: with a checksum that matches.
void change_label(const std::filesystem::path& file, const std::string& model, const std::string& synset,
                  bool sealed) {
  const auto store = hub_store::open(file);
  const detail::connection_pool::lease db{*store.connections()};
  detail::transaction writing{*db, detail::transaction::kind::write};
  const auto known = detail::read_catalog(*db);
  const auto id = detail::find_model(*db, model)->id.value();
  const auto node = std::find_if(known.nodes.begin(), known.nodes.end(),
                                 [&](const auto& row) { return row.node.synset == synset; });
  const auto key = detail::chunk_key(id, node->id);
  std::vector<std::byte> data;
  {
    auto row = (*db).prepare("SELECT data FROM responses WHERE id = ?");
    REQUIRE(row.bind(key).step());
    data.assign(row.bytes(0).begin(), row.bytes(0).end());
  }
  data[0] ^= std::byte{1};
  if (sealed) {
    detail::write_blob(*db, "responses", key, data);
  } else {
    (*db)
        .prepare("UPDATE responses SET data = ? WHERE id = ?")
        .bind(std::span<const std::byte>{data})
        .bind(key)
        .step();
  }
  writing.commit();
}

/// The first node of a share of a model.
std::string node_of_share(const test::store_world& world, const std::string& model,
                          const label_share& share) {
  for (const auto& node : world.nodes()) {
    if (share.has(world.stored(model), node.synset)) return node.synset;
  }
  FAIL("the model has no node in the share");
  return {};
}

}  // namespace

TEST_CASE("1, 3 and 7 shards merged in any order are the labels of one machine, byte for byte") {
  const merging all;
  random_engine engine{3};
  for (const std::size_t count : {1U, 3U, 7U}) {
    paths shards = all.shards(count);
    for (int order = 0; order < 3; ++order) {
      shuffle(std::span{shards}, engine);
      auto store = all.fresh(std::to_string(count) + "-" + std::to_string(order));
      merge_result merged;
      if (order == 0) {
        merged = merge_stores(store, shards);
      } else {  // one by one, in transactions of any size
        for (const auto& shard : shards) {
          const auto some =
              merge_stores(store, std::span{&shard, 1}, {.batch_bytes = order == 1 ? 1U : 300U});
          merged.shards.insert(merged.shards.end(), some.shards.begin(), some.shards.end());
          merged.completed.insert(merged.completed.end(), some.completed.begin(), some.completed.end());
        }
      }
      CHECK(merged.completed.size() == 7);
      std::size_t added = 0;
      for (const auto& each : merged.shards) added += each.added;
      CHECK(added == 7 * 9);
      CHECK(store.verify().clean());
      CHECK(test::exported(store, all.world.graph) == all.expected);
      CHECK(missing_shards(store, 5).empty());
    }
  }
}

TEST_CASE("shards may come again, overlap, and be missing") {
  const merging all;
  auto shards = all.shards(3);
  const auto others = all.shards(7);
  auto store = all.fresh("store.mll");
  merge_stores(store, std::span{shards}.first(2));
  const auto missing = missing_shards(store, 3);
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].number == 3);
  const auto again = merge_stores(store, std::span{shards}.first(2));
  CHECK(again.shards[0].added == 0);
  CHECK(again.shards[0].present == 7 * 9 - missing[0].labels - again.shards[1].present);
  CHECK(again.completed.empty());
  // The rest, from shards of another number; some of it is there.
  const auto rest = merge_stores(store, others);
  std::size_t added = 0;
  std::size_t present = 0;
  for (const auto& each : rest.shards) {
    added += each.added;
    present += each.present;
    CHECK(each.foreign == 0);
  }
  CHECK(added == missing[0].labels);
  CHECK(present == 7 * 9 - added);
  CHECK(test::exported(store, all.world.graph) == all.expected);
  const paths none;
  CHECK(merge_stores(store, none).shards.empty());
  CHECK(test::code_of([&] { merge_stores(store, paths{all.scratch.path() / "gone.mll"}); }) ==
        store_errc::missing);
}

TEST_CASE("merging only reads the shards") {
  const merging all{3, 4};
  const auto shards = all.shards(2);
  const auto before = test::read_file(shards[0]);
  auto store = all.fresh("store.mll");
  merge_stores(store, shards);
  CHECK(test::read_file(shards[0]) == before);
  CHECK(!std::filesystem::exists(shards[0].string() + "-wal"));
  CHECK(!std::filesystem::exists(shards[0].string() + "-shm"));
}

TEST_CASE("another label of the same content is an error that names both files") {
  const merging all;
  const auto shards = all.shards(3);
  const std::string node = node_of_share(all.world, "m2", {2, 3});
  const auto other = all.scratch.path() / "other.mll";
  std::filesystem::copy_file(shards[1], other);
  change_label(other, "m2", node, true);
  const auto conflict = [&](hub_store& store, const paths& files, const std::filesystem::path& first,
                            const std::filesystem::path& second) {
    try {
      merge_stores(store, files);
      FAIL("nothing was thrown");
    } catch (const store_error& thrown) {
      CHECK(thrown.code() == store_errc::conflict);
      CHECK(std::string{thrown.what()} == second.string() + ": expected the label of model 'm2' at node '" +
                                              node + "' as in '" + first.string() + "', found another one");
    }
  };
  auto together = all.fresh("together.mll");
  conflict(together, {shards[0], shards[1], shards[2], other}, shards[1], other);
  auto turned = all.fresh("turned.mll");
  conflict(turned, {other, shards[0], shards[1]}, other, shards[1]);
  auto later = all.fresh("later.mll");
  merge_stores(later, paths{shards[1]});
  conflict(later, {shards[0], other}, later.file(), other);
  // The store keeps what it had, and goes on without the refused file.
  CHECK(later.verify().clean());
  merge_stores(later, shards);
  CHECK(test::exported(later, all.world.graph) == all.expected);
  CHECK(test::exported(together, all.world.graph) == all.expected);
}

TEST_CASE("a damaged label is not merged, and a repaired shard is") {
  const merging all;
  const auto shards = all.shards(3);
  const std::string node = node_of_share(all.world, "m4", {1, 3});
  change_label(shards[0], "m4", node, false);
  auto store = all.fresh("store.mll");
  try {
    merge_stores(store, shards);
    FAIL("nothing was thrown");
  } catch (const store_error& thrown) {
    CHECK(thrown.code() == store_errc::damaged);
    CHECK(thrown.model() == "m4");
    CHECK(thrown.node() == node);
    CHECK(std::string{thrown.what()}.starts_with(shards[0].string()));
  }
  CHECK(store.verify().clean());
  CHECK(hub_store::repair(shards[0]).damages.size() == 1);
  merge_stores(store, shards);
  CHECK(missing_shards(store, 3) == std::vector<shard_work>{{1, 1, missing_shards(store, 1)[0].samples}});
  test::label_share_of(all.world, store.file(), shards[0], {1, 3});
  CHECK(merge_stores(store, paths{shards[0]}).completed == std::vector<std::string>{"m4"});
  CHECK(test::exported(store, all.world.graph) == all.expected);
}

TEST_CASE("labels of content that the store no longer has are left out and counted") {
  const merging all{5, 6};
  const auto shards = all.shards(2);
  auto store = all.fresh("store.mll");
  auto changed = all.world.stored("m1");
  changed.fingerprint = "2";
  store.update_model("m1", changed);
  auto nodes = all.world.nodes();
  nodes[3].fingerprint = "others";
  store.set_samples(all.world.graph, nodes);
  store.remove_model("m4");
  const auto merged = merge_stores(store, shards);
  CHECK(merged.shards[0].foreign + merged.shards[1].foreign == 6 + 6 + 3);
  CHECK(merged.shards[0].added + merged.shards[1].added == 3 * 5);
  CHECK(merged.completed.empty());
  CHECK(store.verify().clean());
  // The label of an earlier state of a model is dropped when one of its present state comes.
  store.update_model("m1", all.world.stored("m1"));
  store.update_model("m0", [&] {
    auto out = all.world.stored("m0");
    out.fingerprint = "2";
    return out;
  }());
  CHECK(merge_stores(store, shards).shards[0].added > 0);
  const auto models = store.models();
  CHECK(models[0].state == label_state::stale);
  CHECK(models[1].state == label_state::partial);
  CHECK(store.verify().clean());
}

TEST_CASE("a renamed model is known by its content") {
  const merging all{3, 4};
  const auto shards = all.shards(2);
  auto store = all.fresh("store.mll");
  auto renamed = all.world.stored("m1");
  renamed.name = "new name";
  store.update_model("m1", renamed);
  CHECK(merge_stores(store, shards).completed.size() == 3);
  const auto labels = store.labels(all.world.graph);
  const auto expected = all.world.labels();
  CHECK(test::find_label(labels, "new name")->responses == test::find_label(expected, "m1")->responses);
}

TEST_CASE("two models of one content in a shard, of which the store has one") {
  const merging all{2, 4};
  const auto shard = all.shards(1)[0];
  auto doubled = all.fresh("doubled.mll");
  auto twin = all.world.stored("m1");
  twin.name = "twin";
  doubled.add_model(twin);
  merge_stores(doubled, paths{shard});
  CHECK(doubled.models()[2].state == label_state::none);  // labels go by name first
  {
    auto labels = all.world.labels();
    auto label = *test::find_label(labels, "m1");
    label.name = "twin";
    doubled.write_label(label, labels.samples(), all.world.graph, std::nullopt);
  }
  auto store = all.fresh("store.mll");
  const auto merged = merge_stores(store, paths{doubled.file()});
  CHECK(merged.shards[0].added == 2 * 4);
  CHECK(merged.shards[0].present == 4);
  CHECK(test::exported(store, all.world.graph) == all.expected);
  change_label(doubled.file(), "twin", "n2", true);
  auto other = all.fresh("other.mll");
  CHECK(test::code_of([&] { merge_stores(other, paths{doubled.file()}); }) == store_errc::conflict);
}

TEST_CASE("the store itself and labels of another graph are not merged") {
  const merging all{2, 3};
  auto store = all.fresh("store.mll");
  CHECK_THROWS_WITH_AS(merge_stores(store, paths{store.file()}),
                       doctest::Contains("other files than the store"), invalid_argument);
  const test::store_world wider{2, 4, 2};
  const auto file = all.scratch.path() / "wider.mll";
  { const auto made = wider.make_labelled(file); }
  CHECK_THROWS_WITH_AS(merge_stores(store, paths{file}), doctest::Contains("another graph in '"),
                       invalid_argument);
  CHECK_THROWS_AS(merge_stores(store, paths{}, {.batch_bytes = 0}), invalid_argument);
}

TEST_CASE("a merge that is stopped continues, and knows latency and failures") {
  const merging all;
  const auto shards = all.shards(3);
  auto store = all.fresh("store.mll");
  std::stop_source stop;
  std::size_t calls = 0;
  CHECK_THROWS_AS(merge_stores(store, shards,
                               {.batch_bytes = 100,
                                .observer =
                                    [&](const progress& at) {
                                      CHECK(at.total == 3);
                                      CHECK(at.done == ++calls);
                                      CHECK(at.detail == shards[calls - 1].string());
                                      if (calls == 2) stop.request_stop();
                                    },
                                .stop = stop.get_token()}),
                  cancelled);
  CHECK(store.verify().clean());
  CHECK(missing_shards(store, 3).size() == 1);
  {
    auto failing = hub_store::open(shards[2]);
    auto model = failing.models()[5];
    model.failure = "it was tired";
    model.latency = 0;
    failing.update_model("m5", model);
  }
  const auto merged = merge_stores(store, paths{shards[0], shards[1]});
  CHECK(merged.shards[0].added + merged.shards[1].added == 0);
  CHECK(store.models()[5].failure.empty());
  // Of a label that does not become complete, the failure is kept.
  auto partial = all.fresh("partial.mll");
  merge_stores(partial, paths{shards[2]});
  CHECK(partial.models()[5].failure == "it was tired");
  CHECK(partial.models()[5].state == label_state::partial);
  merge_stores(partial, shards);
  CHECK(partial.models()[5].failure.empty());
  // Seconds per sample: the mean over the samples of the shards that measured it.
  for (std::size_t m = 0; m < 7; ++m) {
    double low = 1;
    double high = 0;
    for (const auto& shard : shards) {
      const double latency = hub_store::open(shard).models()[m].latency;
      if (latency == 0) continue;
      low = std::min(low, latency);
      high = std::max(high, latency);
    }
    const double merged_latency = partial.models()[m].latency;
    CHECK(merged_latency >= low * (1 - 1e-12));
    CHECK(merged_latency <= high * (1 + 1e-12));
  }
}
