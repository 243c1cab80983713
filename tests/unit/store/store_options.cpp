#include "mll/store/store_options.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <chrono>
#include <thread>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

TEST_CASE("read-only access reads everything and writes nothing") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const test::store_world world{2, 2, 2};
  { const auto store = world.make_labelled(file); }
  auto store = hub_store::open(file, {.access = store_access::read_only});
  CHECK(test::same_labels(store.labels(world.graph), world.labels()));
  CHECK(store.verify().clean());
  CHECK(test::code_of([&] { store.remove_model("m0"); }) == store_errc::read_only);
  CHECK(test::code_of([&] { store.set_samples(world.graph, world.nodes()); }) == store_errc::read_only);
  CHECK_THROWS_AS(
      static_cast<void>(hub_store::create(scratch.path() / "new", {.access = store_access::read_only})),
      invalid_argument);
}

TEST_CASE("a second writer waits for busy_timeout; readers do not wait") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const test::store_world world{2, 2, 2};
  { const auto store = world.make_labelled(file); }
  detail::database holder{file, SQLITE_OPEN_READWRITE, std::chrono::milliseconds{0}};
  holder.execute("BEGIN IMMEDIATE");
  auto hasty = hub_store::open(file, {.busy_timeout = std::chrono::milliseconds{0}});
  CHECK(hasty.labels(world.graph).models().size() == 2);
  CHECK(test::code_of([&] { hasty.remove_model("m0"); }) == store_errc::locked);

  auto patient = hub_store::open(file, {.busy_timeout = std::chrono::minutes{1}});
  std::thread release{[&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    holder.execute("COMMIT");
  }};
  patient.remove_model("m0");
  release.join();
  CHECK(hasty.models().size() == 1);
}

TEST_CASE("each durability sets SQLite's synchronous mode") {
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
