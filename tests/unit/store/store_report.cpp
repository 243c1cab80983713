#include "mll/store/store_report.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/update_store.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

TEST_CASE("repairing takes out what is damaged and nothing else; labelling makes it anew") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const test::store_world world{4, 3, 2};
  { const auto store = world.make_labelled(file); }
  CHECK(hub_store::repair(file).clean());
  const auto spoil = [&](const char* sql) {
    detail::database db{file, SQLITE_OPEN_READWRITE, std::chrono::milliseconds{0}};
    db.execute(sql);
  };
  std::size_t kept = 4;  // models
  std::size_t chunks = 12;
  SUBCASE("a chunk") {
    spoil("UPDATE responses SET data = x'00' WHERE id = (2 << 32) + 1");
    chunks = 11;
  }
  SUBCASE("a label") {
    spoil("UPDATE label SET revision = 7 WHERE id = 0");
    chunks = 9;
  }
  SUBCASE("a model") {
    spoil("UPDATE model SET heads = x'00' WHERE id = 3");
    kept = 3;
    chunks = 9;
  }
  SUBCASE("a node") {
    spoil("UPDATE node SET samples = 1000 WHERE id = 0");
    chunks = 8;
  }
  SUBCASE("a counter") {
    spoil("UPDATE meta SET value = 0 WHERE key = 'next model'");
  }
  const auto found = hub_store::repair(file);
  CHECK(!found.clean());
  auto store = hub_store::open(file);
  const auto after = store.verify();
  CHECK_MESSAGE(after.clean(), (after.damages.empty() ? "" : after.damages.front().what));
  CHECK(store.models().size() == kept);
  CHECK(after.chunks == chunks);
  const auto left = store.labels(world.graph);
  for (const auto& label : left.models()) CHECK(label.heads == world.stored(label.name).heads);
  if (kept == 3) CHECK(store.add(world.stored("m3")).value() >= 4);
  store.set_samples(world.graph, world.nodes());
  update_store(exec::sequential{}, store, world.models, world.samples, world.graph);
  CHECK(test::same_labels(store.labels(world.graph), world.labels()));
  CHECK(std::distance(std::filesystem::directory_iterator{scratch.path()}, {}) <= 3);  // the file, -wal, -shm
}
