// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/store_entries.hpp"

#include <doctest/doctest.h>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/store/store_source.hpp"
#include "mll/store/update_store.hpp"
#include "support/small_selection.hpp"
#include "support/store_fixture.hpp"

using namespace mll;
using names = std::vector<std::string>;

TEST_CASE("the state of a label follows the model and its samples") {
  const detail::temporary_folder scratch;
  const test::store_world world{1, 3, 2};
  auto store = world.make_store(scratch.path() / "hub.mll");
  const auto state = [&] { return store.models().front().state; };
  const auto label_it = [&] {
    update_store(exec::sequential{}, store, world.models, world.samples, world.graph);
  };
  CHECK(state() == label_state::none);
  label_it();
  CHECK(state() == label_state::complete);
  CHECK(store.models().front().latency > 0);

  auto changed = store.models().front();
  changed.fingerprint = "2";
  store.update_model("m0", changed);
  CHECK(state() == label_state::stale);
  CHECK(store.labels(world.graph).empty());
  CHECK(store.verify().clean());
  changed.fingerprint = "1";  // restored
  store.update_model("m0", changed);
  CHECK(state() == label_state::complete);
  changed.fingerprint = "2";
  store.update_model("m0", changed);
  label_it();
  CHECK(state() == label_state::complete);
  CHECK(test::same_labels(store.labels(world.graph), world.labels()));

  auto nodes = world.nodes();
  nodes[0].fingerprint = "others";
  store.set_samples(world.graph, nodes);
  CHECK(state() == label_state::partial);
}

TEST_CASE("a renamed model keeps its id and label") {
  const detail::temporary_folder scratch;
  const test::store_world world{2, 2, 2};
  auto store = world.make_labelled(scratch.path() / "hub.mll");
  auto model = store.models().front();
  model.name = "renamed";
  model.file = "elsewhere/m0.bin";
  model.parameters = 12345;
  model.bytes = 678;
  CHECK(store.update_model("m0", model) == model.id);
  const auto found = store.models().front();
  CHECK(found.name == "renamed");
  CHECK(found.file == "elsewhere/m0.bin");
  CHECK(found.parameters == 12345);
  CHECK(found.bytes == 678);
  CHECK(found.state == label_state::complete);
  model.name = "m1";
  CHECK_THROWS_WITH_AS(store.update_model("renamed", model), doctest::Contains("'m1'"), invalid_argument);
  CHECK_THROWS_AS(store.update_model("m0", model), invalid_argument);
  CHECK(store.verify().clean());
}

TEST_CASE("other heads make a label stale, with chunks of another size") {
  const detail::temporary_folder scratch;
  const test::store_world world{1, 2, 2};
  auto store = world.make_labelled(scratch.path() / "hub.mll");
  auto model = store.models().front();
  model.heads = {"one", "two", "three"};
  store.update_model("m0", model);
  CHECK(store.models().front().state == label_state::stale);
  CHECK(store.verify().clean());
}

TEST_CASE("invalid nodes are refused by name and change nothing") {
  const detail::temporary_folder scratch;
  const test::store_world world{1, 2, 2};
  auto store = world.make_labelled(scratch.path() / "hub.mll");
  const auto refuses = [&](std::vector<stored_node> nodes, const char* text) {
    CHECK_THROWS_WITH_AS(store.set_samples(world.graph, nodes), doctest::Contains(text), invalid_argument);
    CHECK(store.nodes() == world.nodes());
  };
  refuses({{"n0", 1, ""}, {"nowhere", 1, ""}}, "'nowhere'");
  refuses({{"n0", 1, ""}, {"n0", 2, ""}}, "'n0' twice");
  refuses({{"n1", 0, ""}}, "0 for 'n1'");
  refuses({{"n1", 2, ""}}, "'n0', as before");
  refuses({}, "nor of 1 other nodes");
  CHECK(store.labels(world.graph).models().size() == 1);
  CHECK(store.set_samples(world.graph, std::vector{world.nodes()[1]}, missing_nodes::drop).removed ==
        names{"n0"});
  CHECK_THROWS_WITH_AS(static_cast<void>(store.layout(test::make_star(1))), doctest::Contains("'n1'"),
                       invalid_argument);
}

TEST_CASE("a selection is replaced by name, and stale once a label that it uses changes") {
  const detail::temporary_folder scratch;
  const test::store_world world{3, 2, 2};
  auto store = world.make_labelled(scratch.path() / "hub.mll");
  store.save_selection(test::selection_of(store, "pets", {"m0"}, "old"));
  store.save_selection(test::selection_of(store, "pets", {"m0", "m2"}, std::string{"a\0b", 3}));
  store.save_selection(test::selection_of(store, "birds", {"m1"}, ""));
  const auto kept = store.selections();
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].name == "birds");
  CHECK(kept[1].document == std::string{"a\0b", 3});
  CHECK(kept[1].models == std::vector<std::string>{"m0", "m2"});
  const auto stale = [&](std::size_t i) { return store.selections()[i].stale; };
  CHECK(!stale(0));
  CHECK(!stale(1));
  auto model = store.models()[2];
  model.fingerprint = "2";
  store.update_model("m2", model);
  CHECK(!stale(0));
  CHECK(stale(1));
  store.remove_model("m1");
  CHECK(stale(0));
  CHECK_THROWS_AS(store.save_selection(test::selection_of(store, "x", {"m2"})),
                  invalid_argument);  // m2 is stale
  CHECK_THROWS_AS(store.save_selection(test::selection_of(store, "x", {"nobody"})), invalid_argument);
  CHECK_THROWS_AS(store.save_selection(test::selection_of(store, "", {"m0"})), invalid_argument);
  CHECK_THROWS_AS(store.save_selection(test::selection_of(store, "x", {})), invalid_argument);
  CHECK(store.verify().clean());
}

TEST_CASE("a selection is kept as a whole, replaced by one without, and survives a repair") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const test::store_world world{2, 2, 2};
  auto chosen = test::small_selection();
  {
    auto store = world.make_labelled(file);
    auto pets = test::selection_of(store, "pets", {"m0"}, "text");
    pets.chosen = chosen;
    store.save_selection(pets);
    CHECK(store.find_selection("pets")->document == "text");
    CHECK_FALSE(store.find_selection("nobody").has_value());
    auto birds = pets;
    birds.name = "birds";
    store.save_selection(birds);
    birds.chosen.reset();
    store.save_selection(birds);
    CHECK_FALSE(store.find_selection("birds")->chosen.has_value());
    chosen.ensemble.votes.pop_back();
    pets.chosen = chosen;
    CHECK_THROWS_AS(store.save_selection(pets), invalid_argument);  // and the one before stays
    detail::database{file, SQLITE_OPEN_READWRITE, std::chrono::milliseconds{0}}.execute(
        "UPDATE responses SET data = x'00' WHERE id = (1 << 32)");
  }
  CHECK(hub_store::repair(file).damages.size() == 1);
  auto store = hub_store::open(file);
  CHECK(store.verify().clean());
  CHECK(detail::encode_selection(*store.find_selection("pets")->chosen) ==
        detail::encode_selection(test::small_selection()));
  detail::database{file, SQLITE_OPEN_READWRITE, std::chrono::milliseconds{0}}.execute(
      "UPDATE solution SET content = x'00'");
  CHECK_FALSE(store.verify().clean());
  CHECK(test::code_of([&] { static_cast<void>(store.find_selection("pets")); }) == store_errc::damaged);
}

TEST_CASE("notes are stored by key and survive a repair") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const test::store_world world{2, 2, 2};
  {
    auto store = world.make_labelled(file);
    CHECK(!store.note("graph"));
    store.save_note("graph", "one");
    store.save_note("graph", "two");
    store.save_selection(test::selection_of(store, "pets", {"m0"}, "text"));
    detail::database{file, SQLITE_OPEN_READWRITE, std::chrono::milliseconds{0}}.execute(
        "UPDATE responses SET data = x'00' WHERE id = (1 << 32)");
  }
  CHECK(hub_store::repair(file).damages.size() == 1);
  const auto store = hub_store::open(file);
  CHECK(store.note("graph") == "two");
  CHECK(store.selections().at(0).document == "text");
  CHECK(store.verify().clean());
}

TEST_CASE(
    "a selection that was made from labels that have changed since is stale, however late it is saved") {
  const detail::temporary_folder scratch;
  const test::store_world world{2, 3, 2};
  auto store = world.make_labelled(scratch.path() / "hub.mll");
  const names used{"m0"};
  const auto saved = [&](const std::string& name, const label_basis& basis) {
    store.save_selection({.name = name, .models = used, .basis = basis.of(used)});
    for (const auto& each : store.selections()) {
      if (each.name == name) return each;
    }
    FAIL("the selection is not there");
    return stored_selection{};
  };
  const std::vector<node_id> nodes{world.graph.at("n0")};
  const store_source<> source{store, world.graph, nodes};
  const label_basis before = store.basis();
  CHECK(before.of(used) == source.basis().of(used));
  CHECK(!saved("same", before).stale);

  auto other = hub_store::open(scratch.path() / "hub.mll");
  SUBCASE("the model") {
    auto model = other.models()[0];
    model.fingerprint = "2";
    other.update_model("m0", model);
    update_store(exec::sequential{}, other, world.models, world.samples, world.graph);
  }
  SUBCASE("the samples") {
    auto changed = world.nodes();
    changed[2].fingerprint = "others";
    other.set_samples(world.graph, changed);
    update_store(exec::sequential{}, other, world.models, world.samples, world.graph);
  }
  SUBCASE("the label alone") {
    const test::store_world unlike{2, 3, 2, 9};
    auto label = unlike.labels().models()[0];
    label.heads = world.stored("m0").heads;
    other.write_label(label, unlike.labels().samples(), world.graph, std::nullopt);
    std::vector<std::uint8_t> out(1);
    CHECK(test::code_of([&] {
            source.read(0, std::vector<node_samples>{{0, 1}}, out);
          }) == store_errc::changed);
  }
  SUBCASE("the model is gone") {
    other.remove_model("m0");
  }
  CHECK(other.verify().clean());
  CHECK(saved("late", before).stale);
  CHECK(saved("late too", source.basis()).stale);
  for (const auto& each : store.selections()) CHECK(each.stale);
  if (store.models().size() == 2) CHECK(!saved("again", store.basis()).stale);
}
