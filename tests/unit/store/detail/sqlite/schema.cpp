// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/detail/sqlite/schema.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/store/update_store.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

namespace {

/// What version 2 wrote for `store_world{2, 2, 1}` with all labels: each blob of statistics is means, then
/// squared deviations, then hit rates.
constexpr const char* rows_of_version_2 = R"(
INSERT INTO meta VALUES('codec','log_odds_8bit',5515910296916380800);
INSERT INTO meta VALUES('epoch',0,-2613845160185628766);
INSERT INTO meta VALUES('graph','ce12f219f52eca791eb4f217e40835b1',-8589516245918255886);
INSERT INTO meta VALUES('next model',2,-9157530146757587487);
INSERT INTO meta VALUES('next node',2,-6807192932677949429);
INSERT INTO meta VALUES('revision',2,4814991073010684704);
INSERT INTO meta VALUES('sum of label',-8726151779338049981,1567509500509554670);
INSERT INTO meta VALUES('sum of model',1380413175726864062,3584800276122123116);
INSERT INTO meta VALUES('sum of node',-1152144592352832509,5846290189222276446);
INSERT INTO node VALUES(0,'n0','7eb7e509aa07232ab75f8cc6b3dc5db1',1,'17d708213808f8f78101cbeb812ee9eb',1049789128349661160);
INSERT INTO node VALUES(1,'n1','6791fe71525942620fc0181f9cc17f55',2,'1961fc74b95b1c7987f1d78eaa6cb361',-2201933720702493669);
INSERT INTO model VALUES(0,'m0','m0.bin','1',X'070000006d313030306830',0,0,0.0,'',-225989538362903204);
INSERT INTO model VALUES(1,'m1','m1.bin','1',X'070000006d313030316830070000006d313030316831',0,0,0.0,'',1606402714089767266);
INSERT INTO label VALUES(0,'9f567a7c5454ad519f74fa5dce4f911c',2,1469977629894336735);
INSERT INTO label VALUES(1,'b248e233589c7c4282055a7ee7acfa65',2,8250614664477164900);
INSERT INTO statistics VALUES(0,X'02ea7f3f000000000000803f',-735289892854803317);
INSERT INTO statistics VALUES(1,X'a2d7203cff61783f0000000000000000000000000000803f',-3344367039432429485);
INSERT INTO statistics VALUES(4294967296,X'8b1a543fd4a7703d0000803f',1696094601636565149);
INSERT INTO statistics VALUES(4294967297,X'a8571c3f2a5f533fa1fb973e2af66e3d000000000000803f',5142310232063276471);
INSERT INTO responses VALUES(0,X'd4',7936467507895129227);
INSERT INTO responses VALUES(1,X'86e5',-513048326224549936);
INSERT INTO responses VALUES(4294967296,X'4ea5',753989810869477741);
INSERT INTO responses VALUES(4294967297,X'babb7286',8202640752057306812);
INSERT INTO selection VALUES('pets',X'74657874',X'020000006d30','ec16d946c61e0496504fb9dbba402698',838471190895299684);
INSERT INTO note VALUES('key',X'6e6f7465',-5353327769877487376);
)";

/// Makes a store of version 1 (without selections and notes) or 2.
void make_old_store(const std::filesystem::path& file, std::int64_t version) {
  detail::database db{file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, std::chrono::milliseconds{0}};
  db.execute("PRAGMA application_id = " + std::to_string(detail::store_application_id));
  detail::apply_schema(db, 0, 2);
  db.execute(rows_of_version_2);
  if (version == 1) db.execute("DROP TABLE selection; DROP TABLE note; PRAGMA user_version = 1");
  db.execute("PRAGMA journal_mode = WAL");
}

}  // namespace

TEST_CASE("a store of an earlier version is upgraded with all its data") {
  const detail::temporary_folder scratch;
  const test::store_world world{2, 2, 1};
  for (const std::int64_t version : {1, 2}) {
    CAPTURE(version);
    const auto file = scratch.path() / (std::to_string(version) + ".mll");
    make_old_store(file, version);
    try {
      static_cast<void>(hub_store::open(file, {.access = store_access::read_only}));
      FAIL("nothing was thrown");
    } catch (const store_error& thrown) {
      CHECK(thrown.code() == store_errc::older);
    }
    auto store = hub_store::open(file);
    CHECK(test::same_labels(store.labels(world.graph), world.labels()));
    CHECK(store.verify().clean());
    CHECK(store.selections().size() == (version == 1 ? 0 : 1));
    CHECK(store.note("key").has_value() == (version == 2));
    if (version == 2) {
      CHECK_FALSE(store.selections().at(0).stale);
      CHECK(store.selections().at(0).document == "text");
      CHECK_FALSE(store.selections().at(0).chosen.has_value());  // earlier versions kept no selections
    }
    store.save_selection(test::selection_of(store, "dogs", {"m0"}, "text"));
    const auto reader = hub_store::open(file, {.access = store_access::read_only});
    CHECK(reader.selections().size() == (version == 1 ? 1 : 2));
  }
}

TEST_CASE("an upgrade does not hide damage: a changed row stays damaged, and is repaired") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const test::store_world world{2, 2, 1};
  make_old_store(file, 2);
  {
    detail::database db{file, SQLITE_OPEN_READWRITE, std::chrono::milliseconds{0}};
    db.execute("UPDATE statistics SET data = X'02ea7f3f000000000000803e' WHERE id = 0");
  }
  CHECK(hub_store::open(file).verify().damages == std::vector<store_damage>{{"m0", "n0", "damaged label"}});
  CHECK(hub_store::repair(file).damages.size() == 1);
  auto store = hub_store::open(file);
  CHECK(store.verify().clean());
  const auto done = update_store(exec::sequential{}, store, world.models, world.samples, world.graph);
  CHECK(done.labelled == std::vector<std::string>{"m0"});
  CHECK(test::same_labels(store.labels(world.graph), world.labels()));
}

TEST_CASE("an older store that is too damaged for an upgrade is refused, and repaired") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const test::store_world world{2, 2, 1};
  for (const std::int64_t version : {1, 2}) {
    CAPTURE(version);
    std::filesystem::remove(file);
    make_old_store(file, version);
    std::int64_t page = 0;
    {
      detail::database db{file, SQLITE_OPEN_READWRITE, std::chrono::milliseconds{0}};
      auto row = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'statistics'");
      REQUIRE(row.step());
      page = row.integer(0);
    }
    {
      std::fstream stream{file, std::ios::binary | std::ios::in | std::ios::out};
      stream.seekp((page - 1) * 4096);
      stream << std::string(4096, '\xff');
    }
    try {
      static_cast<void>(hub_store::open(file));
      FAIL("nothing was thrown");
    } catch (const store_error& thrown) {
      CHECK(thrown.code() == store_errc::damaged);
    }
    CHECK_FALSE(hub_store::repair(file).clean());
    auto store = hub_store::open(file);
    CHECK(store.verify().clean());
    CHECK(store.labels(world.graph).empty());
    const auto done = update_store(exec::sequential{}, store, world.models, world.samples, world.graph);
    CHECK(done.labelled == std::vector<std::string>{"m0", "m1"});
    CHECK(test::same_labels(store.labels(world.graph), world.labels()));
  }
}

TEST_CASE("repair upgrades the sound data of a damaged older store") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const test::store_world world{2, 2, 1};
  make_old_store(file, 2);
  detail::database db{file, SQLITE_OPEN_READWRITE, std::chrono::milliseconds{0}};
  db.execute("DELETE FROM responses WHERE id = 0");
  CHECK(detail::inspect(db, 1).damages.size() == 1);
  detail::replace_by_salvage(db, {}, log_odds_8bit::name, 1);
  CHECK(detail::version_of(db) == detail::schema_version);
  auto store = hub_store::open(file);
  CHECK(store.verify().clean());
  const auto there = store.labels(world.graph);
  REQUIRE(there.models().size() == 1);
  CHECK(test::same_label(there.models()[0], *test::find_label(world.labels(), "m1")));
}

TEST_CASE("every version results from the one before; only the last one is written") {
  const detail::temporary_folder scratch;
  for (std::int64_t version = 1; version <= detail::schema_version; ++version) {
    detail::database db{scratch.path() / std::to_string(version), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                        std::chrono::milliseconds{0}};
    detail::apply_schema(db, 0, version);
    if (version < detail::schema_version) {
      CHECK_THROWS_AS(detail::check_schema(db), store_error);
      CHECK_NOTHROW(detail::check_schema(db, version));
      detail::apply_schema(db, version);
    }
    CHECK_NOTHROW(detail::check_schema(db));
  }
}
