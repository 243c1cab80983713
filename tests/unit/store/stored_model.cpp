#include "mll/store/stored_model.hpp"

#include <doctest/doctest.h>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/store/update_store.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

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
  changed.content = "2";
  store.update("m0", changed);
  CHECK(state() == label_state::stale);
  CHECK(store.labels(world.graph).empty());
  CHECK(store.verify().clean());
  changed.content = "1";  // as it was
  store.update("m0", changed);
  CHECK(state() == label_state::complete);
  changed.content = "2";
  store.update("m0", changed);
  label_it();
  CHECK(state() == label_state::complete);
  CHECK(test::same_labels(store.labels(world.graph), world.labels()));

  auto nodes = world.nodes();
  nodes[0].content = "others";
  store.set_samples(world.graph, nodes);
  CHECK(state() == label_state::partial);
}

TEST_CASE("a model keeps id and label under another name") {
  const detail::temporary_folder scratch;
  const test::store_world world{2, 2, 2};
  auto store = world.make_labelled(scratch.path() / "hub.mll");
  auto model = store.models().front();
  model.name = "renamed";
  model.file = "elsewhere/m0.bin";
  model.parameters = 12345;
  model.bytes = 678;
  CHECK(store.update("m0", model) == model.id);
  const auto found = store.models().front();
  CHECK(found.name == "renamed");
  CHECK(found.file == "elsewhere/m0.bin");
  CHECK(found.parameters == 12345);
  CHECK(found.bytes == 678);
  CHECK(found.state == label_state::complete);
  model.name = "m1";
  CHECK_THROWS_WITH_AS(store.update("renamed", model), doctest::Contains("'m1'"), invalid_argument);
  CHECK_THROWS_AS(store.update("m0", model), invalid_argument);
  CHECK(store.verify().clean());
}

TEST_CASE("heads with other names make a label stale, with other sizes of its chunks") {
  const detail::temporary_folder scratch;
  const test::store_world world{1, 2, 2};
  auto store = world.make_labelled(scratch.path() / "hub.mll");
  auto model = store.models().front();
  model.heads = {"one", "two", "three"};
  store.update("m0", model);
  CHECK(store.models().front().state == label_state::stale);
  CHECK(store.verify().clean());
}
