// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/store_error.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <iterator>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "support/files.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

namespace {

void execute(const std::filesystem::path& file, const char* sql) {
  detail::database db{file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, std::chrono::milliseconds{0}};
  db.execute(sql);
}

/// Opening the file must fail and change neither it nor its folder.
store_errc code_of_open(const std::filesystem::path& file, const store_options& options = {}) {
  const auto count = [&] {
    return std::distance(std::filesystem::directory_iterator{file.parent_path()}, {});
  };
  const bool there = std::filesystem::is_regular_file(file);
  const std::string before = there ? test::read_file(file) : "";
  const auto files = count();
  const store_errc out = test::code_of([&] { static_cast<void>(hub_store::open(file, options)); });
  CHECK(std::filesystem::is_regular_file(file) == there);
  if (there) CHECK(test::read_file(file) == before);
  CHECK(count() == files);
  return out;
}

}  // namespace

TEST_CASE("a file that is not a store is refused and not changed") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  CHECK(code_of_open(file) == store_errc::missing);
  test::write_file(file, "");
  CHECK(code_of_open(file) == store_errc::not_a_store);
  test::write_file(
      file,
      "just some text that is longer than a hundred bytes, so that the header alone does not give it away at "
      "once to a careless reader");
  CHECK(code_of_open(file) == store_errc::not_a_store);
  std::filesystem::create_directory(scratch.path() / "folder.mll");
  CHECK(code_of_open(scratch.path() / "folder.mll") == store_errc::not_a_store);

  const auto foreign = scratch.path() / "foreign.db";
  execute(foreign, "CREATE TABLE song(title TEXT); INSERT INTO song VALUES('Yesterday')");
  CHECK(code_of_open(foreign) == store_errc::not_a_store);
  execute(foreign, "PRAGMA journal_mode = WAL");
  CHECK(code_of_open(foreign) == store_errc::not_a_store);
}

TEST_CASE("a store of a later version is refused and not changed") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  { const auto store = test::store_world{1, 2, 1}.make_labelled(file); }
  execute(file, "PRAGMA user_version = 1000; PRAGMA wal_checkpoint(TRUNCATE)");
  CHECK(code_of_open(file) == store_errc::newer);
}

TEST_CASE("tables that are not those of a store are detected") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  { const auto store = test::store_world{1, 2, 1}.make_labelled(file); }
  execute(file, "DROP TABLE label; PRAGMA wal_checkpoint(TRUNCATE)");
  CHECK(test::code_of([&] { static_cast<void>(hub_store::open(file)); }) == store_errc::damaged);
}

TEST_CASE("creating a store never replaces a file, and leaves nothing behind if it fails") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  test::write_file(file, "precious");
  CHECK(test::code_of([&] { static_cast<void>(hub_store::create(file)); }) == store_errc::exists);
  CHECK(test::read_file(file) == "precious");
  CHECK(test::code_of([&] {
          static_cast<void>(hub_store::create(scratch.path() / "no folder" / "hub.mll"));
        }) == store_errc::input_output);
  CHECK(test::code_of([&] { static_cast<void>(hub_store::create("/proc/hub.mll")); }) ==
        store_errc::input_output);
  CHECK(std::distance(std::filesystem::directory_iterator{scratch.path()}, {}) == 1);
}

TEST_CASE("a row whose checksum does not match is never returned") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const test::store_world world{3, 3, 2};
  { const auto store = world.make_labelled(file); }
  SUBCASE("a response") {
    execute(file, "UPDATE responses SET data = zeroblob(length(data)) WHERE id = (1 << 32) + 2");
    const auto store = hub_store::open(file);
    try {
      static_cast<void>(store.labels(world.graph));
      FAIL("nothing was thrown");
    } catch (const store_error& thrown) {
      CHECK(thrown.code() == store_errc::damaged);
      CHECK(thrown.model() == "m1");
      CHECK(thrown.node() == "n2");
      CHECK_MESSAGE(std::string{thrown.what()}.find("'m1'") != std::string::npos, thrown.what());
    }
    const auto report = store.verify();
    REQUIRE(report.damages.size() == 1);
    CHECK(report.damages[0].model == "m1");
    CHECK(report.damages[0].node == "n2");
    // Damage to other nodes does not matter.
    const std::vector<node_id> others{world.graph.at("n0"), world.graph.at("n1")};
    CHECK(store.labels(world.graph, others).models().size() == 3);
  }
  SUBCASE("a row in another place") {
    execute(file,
            "UPDATE statistics SET id = 77 WHERE id = 1; UPDATE statistics SET id = 1 WHERE id = 2; "
            "UPDATE statistics SET id = 2 WHERE id = 77");
    CHECK(test::code_of([&] { static_cast<void>(hub_store::open(file).labels(world.graph)); }) ==
          store_errc::damaged);
    CHECK(hub_store::open(file).verify().damages.size() == 2);
  }
  SUBCASE("a missing row") {
    execute(file, "DELETE FROM label WHERE id = 1");
    CHECK(test::code_of([&] { static_cast<void>(hub_store::open(file).labels(world.graph)); }) ==
          store_errc::damaged);
  }
  SUBCASE("a name") {
    execute(file, "UPDATE model SET name = 'mx' WHERE name = 'm1'");
    CHECK(test::code_of([&] { static_cast<void>(hub_store::open(file).models()); }) == store_errc::damaged);
  }
}
