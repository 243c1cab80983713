#include "mll/store/detail/sqlite/schema.hpp"

#include <doctest/doctest.h>

#include "support/scratch_folder.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

TEST_CASE("a store of an earlier version is brought up to date with all that is in it") {
  const test::scratch_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const test::store_world world{3, 3, 2};
  { const auto store = world.make_labelled(file); }
  {  // version 1 had no selections and notes
    detail::database db{file, SQLITE_OPEN_READWRITE, std::chrono::milliseconds{0}};
    db.execute("BEGIN; DROP TABLE selection; DROP TABLE note; PRAGMA user_version = 1; COMMIT");
  }
  try {
    static_cast<void>(hub_store::open(file, {.access = store_access::read_only}));
    FAIL("nothing was thrown");
  } catch (const store_error& thrown) {
    CHECK(thrown.why() == store_error::problem::older);
  }
  auto store = hub_store::open(file);
  CHECK(test::same_labels(store.labels(world.graph), world.labels()));
  store.keep({.name = "pets", .document = "text", .models = {"m0"}});
  CHECK(store.selections().size() == 1);
  CHECK(store.verify().clean());
  const auto reader = hub_store::open(file, {.access = store_access::read_only});
  CHECK(reader.selections().size() == 1);
}

TEST_CASE("every version is made of the one before, and only the last is written") {
  const test::scratch_folder scratch;
  for (std::int64_t version = 1; version <= detail::schema_version; ++version) {
    detail::database db{scratch.path() / std::to_string(version), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                        std::chrono::milliseconds{0}};
    detail::apply_schema(db, 0, version);
    if (version < detail::schema_version) {
      CHECK_THROWS_AS(detail::check_schema(db), store_error);
      detail::apply_schema(db, version);
    }
    CHECK_NOTHROW(detail::check_schema(db));
  }
}
