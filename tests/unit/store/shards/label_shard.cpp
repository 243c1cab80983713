// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/shards/label_shard.hpp"

#include <doctest/doctest.h>

#include <map>
#include <stdexcept>
#include <stop_token>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/model/callable_classifier.hpp"
#include "mll/store/shards/missing_shards.hpp"
#include "support/shards.hpp"

using namespace mll;

namespace {

/// A hub that counts how often each of its models runs on each sample.
struct counted_hub {
  hub<int> models;
  std::map<std::pair<std::string, int>, std::size_t> runs;

  explicit counted_hub(const test::store_world& world) {
    for (const model_id id : world.models.ids()) {
      const std::string name = world.models.name(id);
      const auto model = world.models.model(id);
      const auto heads = static_cast<Eigen::Index>(model.head_count());
      models.add(name, callable_classifier<int>{
                           world.stored(name).heads, [this, name, model, heads](std::span<const int> batch) {
                             for (const int sample : batch) ++runs[{name, sample}];
                             matrix<float> scores(static_cast<Eigen::Index>(batch.size()), heads);
                             model.predict(batch, scores);
                             return scores;
                           }});
    }
  }
};

/// Samples that count how often they are read.
struct counted_samples {
  using sample_type = int;
  const representation_table<int>* all = nullptr;
  std::size_t* reads = nullptr;

  [[nodiscard]] decltype(auto) nodes() const { return all->nodes(); }
  [[nodiscard]] std::size_t sample_count(node_id v) const { return all->sample_count(v); }
  [[nodiscard]] int sample(node_id v, std::size_t i) const {
    ++*reads;
    return all->sample(v, i);
  }
};

std::map<std::string, std::string> files_in(const std::filesystem::path& folder) {
  std::map<std::string, std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator{folder})
    out[entry.path().filename().string()] = test::read_file(entry.path());
  return out;
}

}  // namespace

TEST_CASE("shards run each model once on each sample, and leave the base as it is") {
  const detail::temporary_folder scratch;
  const test::store_world world{9, 10, 3};
  const auto place = scratch.path() / "base";
  std::filesystem::create_directory(place);
  const auto base = place / "hub.mll";
  { const auto made = world.make_store(base, test::quick); }
  const auto before = files_in(place);
  counted_hub counted{world};
  std::size_t chunks = 0;
  for (std::size_t i = 1; i <= 4; ++i) {
    const auto file = scratch.path() / std::to_string(i);
    const auto run = [&] {
      return label_shard(exec::sequential{}, test::open_base(base), file, {i, 4}, counted.models,
                         world.samples, world.graph, {.labelling = {.chunk_samples = 10}});
    };
    const auto done = run();
    CHECK(done.failures.empty());
    CHECK(done.labelled.size() <= 9);
    CHECK(done.chunks == hub_store::open(file).verify().chunk_count);
    CHECK(run().chunks == 0);  // nothing is left
    chunks += done.chunks;
  }
  CHECK(chunks == 9 * 10);
  CHECK(counted.runs.size() == 9 * world.labels().samples().row_count());
  for (const auto& [pair, count] : counted.runs) CHECK(count == 1);
  CHECK(files_in(place) == before);
}

TEST_CASE("a shard is a store, and one shard of one is the whole") {
  const detail::temporary_folder scratch;
  const test::store_world world{5, 6, 3};
  const auto base = scratch.path() / "hub.mll";
  { const auto made = world.make_store(base, test::quick); }
  const auto whole = scratch.path() / "whole.mll";
  CHECK(test::label_share_of(world, base, whole, {1, 1}).labelled.size() == 5);
  const auto store = hub_store::open(whole);
  CHECK(store.verify().clean());
  CHECK(test::same_labels(store.labels(world.graph), world.labels()));
  CHECK(store.origin() == hub_store::open(base).origin());
  const auto part = scratch.path() / "part.mll";
  test::label_share_of(world, base, part, {2, 3});
  const auto other = hub_store::open(part);
  CHECK(other.verify().clean());
  CHECK(other.labels(world.graph).empty());
  CHECK(hub_store::repair(part).clean());
  CHECK(test::label_share_of(world, base, part, {2, 3}).chunks == 0);
}

TEST_CASE("what the base has is not labelled, and the number of shards may change") {
  const detail::temporary_folder scratch;
  const test::store_world world{6, 8, 3};
  const auto base = scratch.path() / "hub.mll";
  {
    auto made = world.make_store(base, test::quick);
    const auto labels = world.labels();
    for (const std::size_t m : {0U, 3U})
      made.write_label(labels.models()[m], labels.samples(), world.graph, made.origin());
  }
  counted_hub counted{world};
  const auto file = scratch.path() / "shard.mll";
  const auto run = [&](const label_share& share) {
    return label_shard(exec::sequential{}, test::open_base(base), file, share, counted.models, world.samples,
                       world.graph)
        .chunks;
  };
  std::size_t chunks = 0;
  for (const label_share share : {label_share{1, 3}, label_share{2, 2}, label_share{4, 7}, label_share{1, 1}})
    chunks += run(share);
  CHECK(chunks == 4 * 8);
  for (const auto& [pair, count] : counted.runs) {
    CHECK(count == 1);
    CHECK(pair.first != "m0");
    CHECK(pair.first != "m3");
  }
}

TEST_CASE("the models of a share read a sample together") {
  const detail::temporary_folder scratch;
  const test::store_world world{64, 12, 5};
  const auto base = scratch.path() / "hub.mll";
  { const auto made = world.make_store(base, test::quick); }
  std::size_t reads = 0;
  const counted_samples samples{&world.samples, &reads};
  const auto done =
      label_shard(exec::sequential{}, test::open_base(base), scratch.path() / "shard.mll", {1, 4},
                  world.models, samples, world.graph, {.labelling = {.models_at_a_time = 16}});
  // About 16 of the 64 models miss each node: at most two groups of 16.
  const std::size_t all = world.labels().samples().row_count();
  CHECK(done.chunks > 12 * 8);
  CHECK(reads >= all);
  CHECK(reads <= 2 * all);
}

TEST_CASE("a shard follows its base") {
  const detail::temporary_folder scratch;
  const test::store_world world{4, 6, 3};
  const auto base = scratch.path() / "hub.mll";
  const auto file = scratch.path() / "shard.mll";
  { const auto made = world.make_store(base, test::quick); }
  test::label_share_of(world, base, file, {1, 1});
  {
    auto changing = hub_store::open(base);
    auto model = world.stored("m1");
    model.fingerprint = "2";
    changing.update_model("m1", model);
    auto nodes = world.nodes();
    nodes[2].fingerprint = "other samples";
    changing.set_samples(world.graph, nodes);
    changing.remove_model("m3");
  }
  counted_hub counted{world};
  const auto done = label_shard(exec::sequential{}, test::open_base(base), file, {1, 1}, counted.models,
                                world.samples, world.graph);
  CHECK(done.chunks == 6 + 2);  // all of m1, one node of m0 and m2
  CHECK(hub_store::open(file).verify().clean());
  for (const auto& [pair, count] : counted.runs) CHECK(pair.first != "m3");
}

TEST_CASE("other stores are never taken for a shard") {
  const detail::temporary_folder scratch;
  const test::store_world world{2, 3, 2};
  const auto base = scratch.path() / "hub.mll";
  { const auto made = world.make_store(base, test::quick); }
  const auto refuses = [&](const std::filesystem::path& into, const char* why) {
    const auto before = test::read_file(into);
    CHECK_THROWS_WITH_AS(test::label_share_of(world, base, into, {1, 2}), doctest::Contains(why),
                         invalid_argument);
    CHECK(test::read_file(into) == before);
  };
  refuses(base, "a store that is not a shard");
  const auto other = scratch.path() / "other.mll";
  { const auto made = world.make_labelled(other); }
  refuses(other, "a store that is not a shard");

  const test::store_world wider{2, 4, 2};
  const auto wider_base = scratch.path() / "wider.mll";
  { const auto made = wider.make_store(wider_base); }
  const auto of_wider = scratch.path() / "of wider.mll";
  test::label_share_of(wider, wider_base, of_wider, {1, 2});
  refuses(of_wider, "another graph");

  const auto others_base = scratch.path() / "others.mll";
  {
    auto made = hub_store::create(others_base);
    auto nodes = world.nodes();
    for (auto& node : nodes) node.fingerprint += " other";
    made.set_samples(world.graph, nodes);
    made.add_model(world.stored("m0"));
  }
  const auto of_others = scratch.path() / "of others.mll";
  test::label_share_of(world, others_base, of_others, {1, 2});
  refuses(of_others, "other samples");

  const auto text = scratch.path() / "text";
  test::write_file(text, "no store");
  CHECK(test::code_of([&] {
          try {
            test::label_share_of(world, base, text, {1, 2});
          } catch (const store_error& thrown) {
            throw store_error{"mll", thrown.code(), thrown.what()};
          }
        }) == store_errc::not_a_store);
}

TEST_CASE("arguments of label_shard that mean nothing are refused, and leave no file") {
  const detail::temporary_folder scratch;
  const test::store_world world{2, 3, 2};
  const auto base = scratch.path() / "hub.mll";
  { const auto made = world.make_store(base, test::quick); }
  const auto file = scratch.path() / "shard.mll";
  CHECK_THROWS_AS(test::label_share_of(world, base, file, {3, 2}), invalid_argument);
  CHECK_THROWS_AS(test::label_share_of(world, base, file, {1, 2}, {.chunk_samples = 0}), invalid_argument);
  const auto blank = scratch.path() / "blank.mll";
  { const auto made = hub_store::create(blank); }
  CHECK_THROWS_WITH_AS(test::label_share_of(world, blank, file, {1, 2}),
                       doctest::Contains("a store with samples"), invalid_argument);
  CHECK(!std::filesystem::exists(file));
}

TEST_CASE("stopping a shard keeps the nodes that were reached; a failing model leaves the others alone") {
  const detail::temporary_folder scratch;
  const test::store_world world{6, 10, 3};
  const auto base = scratch.path() / "hub.mll";
  { const auto made = world.make_store(base, test::quick); }
  const auto file = scratch.path() / "shard.mll";
  std::stop_source stop;
  std::size_t total = 0;
  CHECK_THROWS_AS(test::label_share_of(world, base, file, {1, 2},
                                       {.labelling = {.batch_size = 2,
                                                      .observer =
                                                          [&](const progress& at) {
                                                            total = at.total;
                                                            if (at.done >= at.total / 2) stop.request_stop();
                                                          },
                                                      .stop = stop.get_token()}}),
                  cancelled);
  const std::size_t kept = hub_store::open(file).verify().chunk_count;
  CHECK(kept > 0);
  const auto work = missing_shards(test::open_base(base), 2);
  CHECK(total == work[0].samples);
  CHECK(test::label_share_of(world, base, file, {1, 2}).chunks == work[0].labels - kept);

  hub<int> models;
  for (const model_id id : world.models.ids()) {
    const std::string name = world.models.name(id);
    if (name == "m2") {
      models.add(
          name, callable_classifier<int>{world.stored(name).heads, [](std::span<const int>) -> matrix<float> {
                                           throw std::runtime_error{"tired"};
                                         }});
    } else {
      models.add(name, world.models.model(id));
    }
  }
  const auto done = label_shard(exec::sequential{}, test::open_base(base), file, {2, 2}, models,
                                world.samples, world.graph);
  REQUIRE(done.failures.size() == 1);
  CHECK(done.failures[0].name == "m2");
  CHECK(hub_store::open(file).models()[2].failure == done.failures[0].message);
  std::size_t of_m2 = 0;
  for (const auto& node : world.nodes())
    of_m2 += label_share{2, 2}.has(world.stored("m2"), node.synset) ? 1 : 0;
  CHECK(done.chunks == work[1].labels - of_m2);
}
