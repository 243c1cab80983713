// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/store_source.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/label/source/label_source.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/select/select.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

TEST_CASE("a source returns the labels on its nodes") {
  const detail::temporary_folder scratch;
  const test::store_world world{5, 6, 4};
  auto store = world.make_labelled(scratch.path() / "hub.mll");
  store.add_model({.name = "unlabelled", .heads = {"h"}});
  const std::vector<node_id> wanted{world.graph.at("n5"), world.graph.at("n0"), world.graph.at("n2")};
  const auto labels = store.labels(world.graph, wanted);
  const store_source<> source{store, world.graph, wanted};
  const label_source memory{labels};
  CHECK(source.layout() == labels.samples());
  REQUIRE(source.head_count() == memory.head_count());
  CHECK(source.models().size() == 5);
  const node_statistics means{labels};
  std::atomic<std::size_t> wrong = 0;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      const std::vector<node_samples> which{{2, static_cast<std::uint32_t>(t + 1)}, {0, 4}};
      std::vector<std::uint8_t> a(t + 5);
      std::vector<std::uint8_t> b(t + 5);
      for (std::size_t h = 0; h < source.head_count(); ++h) {
        source.read(h, which, a);
        memory.read(h, which, b);
        if (a != b || source.head(h) != memory.head(h)) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
  for (std::size_t v = 0; v < 3; ++v) {
    CHECK(source.sample_count(v) == memory.sample_count(v));
    for (std::size_t h = 0; h < source.head_count(); ++h)
      CHECK(source.statistics().row(v)[h] == means.row(v)[h]);
  }
  std::vector<std::uint8_t> out(3);
  const std::vector<node_samples> too_many{{0, 100}};
  std::vector<std::uint8_t> room(100);
  CHECK_THROWS_AS(source.read(0, too_many, room), invalid_argument);
  CHECK_THROWS_AS(source.read(0, std::vector<node_samples>{{0, 1}}, out), invalid_argument);
}

TEST_CASE("a selection from a store is that from the same labels in memory") {
  const detail::temporary_folder scratch;
  const test::store_world world{8, 4, 6};
  const auto store = world.make_labelled(scratch.path() / "hub.mll");
  const std::vector<node_id> wanted{world.graph.at("n0"), world.graph.at("n1"), world.graph.at("n3")};
  task_match match{task{{{"n0"}, {"n1"}, {"n3"}}}, std::vector<class_match>(3)};
  for (std::size_t y = 0; y < wanted.size(); ++y) {
    match.classes[y].node = wanted[y];
    match.classes[y].coverage = coverage::own_samples;
    match.classes[y].sample_count = world.samples.sample_count(wanted[y]);
    match.classes[y].evidence = {{wanted[y], 1}};
  }
  const auto expected = select(exec::sequential{}, world.labels(), match);
  const store_source<> source{store, world.graph, wanted};
  const auto found = select(exec::sequential{}, source, match);
  REQUIRE(found.reasons.size() == expected.reasons.size());
  for (std::size_t i = 0; i < found.reasons.size(); ++i) {
    CHECK(found.reasons[i].model == expected.reasons[i].model);
    CHECK(found.reasons[i].name == expected.reasons[i].name);
    CHECK(found.reasons[i].weight == expected.reasons[i].weight);
    CHECK(found.reasons[i].response == doctest::Approx(expected.reasons[i].response).epsilon(1e-3));
  }
  for (const auto& used : found.models) {
    const auto models = store.models();
    const auto stored =
        std::find_if(models.begin(), models.end(), [&](const auto& m) { return m.id == used.id; });
    REQUIRE(stored != models.end());
    CHECK(!used.fingerprint.empty());
    CHECK(used.fingerprint == stored->fingerprint);
  }
  REQUIRE(found.models.size() == expected.models.size());
  for (std::size_t i = 0; i < found.models.size(); ++i)
    CHECK(found.models[i].head_names == expected.models[i].head_names);
  CHECK(found.ensemble.temperature == expected.ensemble.temperature);
  CHECK(found.estimate->accuracy == expected.estimate->accuracy);
  CHECK(found.estimate->low == expected.estimate->low);
}

TEST_CASE("a source detects replaced labels and ignores added ones") {
  const detail::temporary_folder scratch;
  const test::store_world world{3, 2, 2};
  auto store = world.make_labelled(scratch.path() / "hub.mll");
  const std::vector<node_id> wanted{world.graph.at("n0")};
  const store_source<> source{store, world.graph, wanted};
  const std::vector<node_samples> which{{0, 1}};
  std::vector<std::uint8_t> out(1);
  store.add_model({.name = "another", .heads = {"h"}});
  CHECK_NOTHROW(source.read(0, which, out));
  store.remove_model("m1");
  try {
    source.read(0, which, out);
    FAIL("nothing was thrown");
  } catch (const store_error& thrown) {
    CHECK(thrown.code() == store_errc::changed);
  }
}
