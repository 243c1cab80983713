#include "mll/store/store_options.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <chrono>
#include <thread>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

namespace {

template <class Act>
store_error::problem why(const Act& act) {
  try {
    act();
  } catch (const store_error& thrown) {
    return thrown.why();
  }
  FAIL("nothing was thrown");
  return store_error::problem::damaged;
}

}  // namespace

TEST_CASE("read-only access reads everything and writes nothing") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const test::store_world world{2, 2, 2};
  { const auto store = world.make_labelled(file); }
  auto store = hub_store::open(file, {.access = store_access::read_only});
  CHECK(test::same_labels(store.labels(world.graph), world.labels()));
  CHECK(store.verify().clean());
  CHECK(why([&] { store.remove("m0"); }) == store_error::problem::read_only);
  CHECK(why([&] { store.set_samples(world.graph, world.nodes()); }) == store_error::problem::read_only);
  CHECK_THROWS_AS(
      static_cast<void>(hub_store::create(scratch.path() / "new", {.access = store_access::read_only})),
      invalid_argument);
}

TEST_CASE("a second writer waits, or is refused, as it wishes; readers do not care") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const test::store_world world{2, 2, 2};
  { const auto store = world.make_labelled(file); }
  detail::database holder{file, SQLITE_OPEN_READWRITE, std::chrono::milliseconds{0}};
  holder.execute("BEGIN IMMEDIATE");
  auto hasty = hub_store::open(file, {.patience = std::chrono::milliseconds{0}});
  CHECK(hasty.labels(world.graph).models().size() == 2);
  CHECK(why([&] { hasty.remove("m0"); }) == store_error::problem::locked);

  auto patient = hub_store::open(file, {.patience = std::chrono::minutes{1}});
  std::thread release{[&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    holder.execute("COMMIT");
  }};
  patient.remove("m0");
  release.join();
  CHECK(hasty.models().size() == 1);
}

TEST_CASE("each durability asks SQLite for what it promises") {
  const detail::temporary_folder scratch;
  for (const auto& [durability, level] :
       {std::pair{store_durability::power_loss, 2}, std::pair{store_durability::process_crash, 1}}) {
    const auto file = scratch.path() / std::to_string(level);
    const auto store = hub_store::create(file, {.durability = durability});
    const detail::connection_pool::lease db{*store.connections()};
    auto row = (*db).prepare("PRAGMA synchronous");
    REQUIRE(row.step());
    CHECK(row.integer(0) == level);
    auto mode = (*db).prepare("PRAGMA journal_mode");
    REQUIRE(mode.step());
    CHECK(mode.text(0) == "wal");
  }
}
