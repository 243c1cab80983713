#include "mll/store/stored_selection.hpp"

#include <doctest/doctest.h>

#include "mll/core/io/temporary_folder.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

TEST_CASE("a selection is kept, replaced by name, and stale as soon as a label that it uses is another") {
  const detail::temporary_folder scratch;
  const test::store_world world{3, 2, 2};
  auto store = world.make_labelled(scratch.path() / "hub.mll");
  store.keep({.name = "pets", .document = "old", .models = {"m0"}});
  store.keep({.name = "pets", .document = std::string{"a\0b", 3}, .models = {"m0", "m2"}});
  store.keep({.name = "birds", .document = "", .models = {"m1"}});
  const auto kept = store.selections();
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].name == "birds");
  CHECK(kept[1].document == std::string{"a\0b", 3});
  CHECK(kept[1].models == std::vector<std::string>{"m0", "m2"});
  const auto stale = [&](std::size_t i) { return store.selections()[i].stale; };
  CHECK(!stale(0));
  CHECK(!stale(1));
  auto model = store.models()[2];
  model.content = "2";
  store.update("m2", model);
  CHECK(!stale(0));
  CHECK(stale(1));
  store.remove("m1");
  CHECK(stale(0));
  CHECK_THROWS_AS(store.keep({.name = "x", .models = {"m2"}}), invalid_argument);  // stale itself
  CHECK_THROWS_AS(store.keep({.name = "x", .models = {"nobody"}}), invalid_argument);
  CHECK_THROWS_AS(store.keep({.name = "", .models = {"m0"}}), invalid_argument);
  CHECK_THROWS_AS(store.keep({.name = "x", .models = {}}), invalid_argument);
  CHECK(store.verify().clean());
}

TEST_CASE("notes are kept by key, and survive a repair of something else") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const test::store_world world{2, 2, 2};
  {
    auto store = world.make_labelled(file);
    CHECK(!store.note("graph"));
    store.set_note("graph", "one");
    store.set_note("graph", "two");
    store.keep({.name = "pets", .document = "text", .models = {"m0"}});
    detail::database{file, SQLITE_OPEN_READWRITE, std::chrono::milliseconds{0}}.execute(
        "UPDATE responses SET data = x'00' WHERE id = (1 << 32)");
  }
  CHECK(hub_store::repair(file).damages.size() == 1);
  const auto store = hub_store::open(file);
  CHECK(store.note("graph") == "two");
  CHECK(store.selections().at(0).document == "text");
  CHECK(store.verify().clean());
}
