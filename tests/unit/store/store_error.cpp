#include "mll/store/store_error.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <fstream>
#include <functional>
#include <iterator>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "support/store_fixture.hpp"

using namespace mll;
using problem = store_error::problem;

namespace {

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

void write_bytes(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream{file, std::ios::binary} << bytes;
}

void execute(const std::filesystem::path& file, const char* sql) {
  detail::database db{file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, std::chrono::milliseconds{0}};
  db.execute(sql);
}

/// What stands in the way of an action, which must fail.
problem why(const std::function<void()>& act) {
  try {
    act();
  } catch (const store_error& thrown) {
    CHECK(std::string{thrown.what()}.find("mll") != std::string::npos);  // names the file
    return thrown.why();
  }
  FAIL("nothing was thrown");
  return problem::damaged;
}

/// Opening the file must fail, and leave it and its folder alone.
problem why_not_opened(const std::filesystem::path& file, const store_options& options = {}) {
  const auto count = [&] {
    return std::distance(std::filesystem::directory_iterator{file.parent_path()}, {});
  };
  const bool there = std::filesystem::is_regular_file(file);
  const std::string before = there ? bytes_of(file) : "";
  const auto files = count();
  const problem out = why([&] { static_cast<void>(hub_store::open(file, options)); });
  CHECK(std::filesystem::is_regular_file(file) == there);
  if (there) CHECK(bytes_of(file) == before);
  CHECK(count() == files);
  return out;
}

}  // namespace

TEST_CASE("what is no store is refused and left alone") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  CHECK(why_not_opened(file) == problem::missing);
  write_bytes(file, "");
  CHECK(why_not_opened(file) == problem::not_a_store);
  write_bytes(
      file,
      "just some text that is longer than a hundred bytes, so that the header alone does not give it away at "
      "once to a careless reader");
  CHECK(why_not_opened(file) == problem::not_a_store);
  std::filesystem::create_directory(scratch.path() / "folder.mll");
  CHECK(why_not_opened(scratch.path() / "folder.mll") == problem::not_a_store);

  const auto foreign = scratch.path() / "foreign.db";
  execute(foreign, "CREATE TABLE song(title TEXT); INSERT INTO song VALUES('Yesterday')");
  CHECK(why_not_opened(foreign) == problem::not_a_store);
  execute(foreign, "PRAGMA journal_mode = WAL");
  CHECK(why_not_opened(foreign) == problem::not_a_store);
}

TEST_CASE("a store of a later version is refused and left alone") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  { const auto store = test::store_world{1, 2, 1}.make_labelled(file); }
  execute(file, "PRAGMA user_version = 1000; PRAGMA wal_checkpoint(TRUNCATE)");
  CHECK(why_not_opened(file) == problem::newer);
}

TEST_CASE("tables that are not those of a store are noticed") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  { const auto store = test::store_world{1, 2, 1}.make_labelled(file); }
  execute(file, "DROP TABLE label; PRAGMA wal_checkpoint(TRUNCATE)");
  CHECK(why([&] { static_cast<void>(hub_store::open(file)); }) == problem::damaged);
}

TEST_CASE("creating never replaces a file, and leaves nothing where it fails") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  write_bytes(file, "precious");
  CHECK(why([&] { static_cast<void>(hub_store::create(file)); }) == problem::exists);
  CHECK(bytes_of(file) == "precious");
  CHECK(why([&] { static_cast<void>(hub_store::create(scratch.path() / "no folder" / "hub.mll")); }) ==
        problem::input_output);
  CHECK(why([&] { static_cast<void>(hub_store::create("/proc/hub.mll")); }) == problem::input_output);
  CHECK(std::distance(std::filesystem::directory_iterator{scratch.path()}, {}) == 1);
}

TEST_CASE("an entry whose checksum does not fit is never returned") {
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
      CHECK(thrown.why() == problem::damaged);
      CHECK(thrown.model() == "m1");
      CHECK(thrown.node() == "n2");
      CHECK_MESSAGE(std::string{thrown.what()}.find("'m1'") != std::string::npos, thrown.what());
    }
    const auto report = store.verify();
    REQUIRE(report.damages.size() == 1);
    CHECK(report.damages[0].model == "m1");
    CHECK(report.damages[0].node == "n2");
    // What is not asked for is not in the way.
    const std::vector<node_id> others{world.graph.at("n0"), world.graph.at("n1")};
    CHECK(store.labels(world.graph, others).models().size() == 3);
  }
  SUBCASE("a row that has changed places") {
    execute(file,
            "UPDATE statistics SET id = 77 WHERE id = 1; UPDATE statistics SET id = 1 WHERE id = 2; "
            "UPDATE statistics SET id = 2 WHERE id = 77");
    CHECK(why([&] { static_cast<void>(hub_store::open(file).labels(world.graph)); }) == problem::damaged);
    CHECK(hub_store::open(file).verify().damages.size() == 2);
  }
  SUBCASE("a row that has gone") {
    execute(file, "DELETE FROM label WHERE id = 1");
    CHECK(why([&] { static_cast<void>(hub_store::open(file).labels(world.graph)); }) == problem::damaged);
  }
  SUBCASE("a name") {
    execute(file, "UPDATE model SET name = 'mx' WHERE name = 'm1'");
    CHECK(why([&] { static_cast<void>(hub_store::open(file).models()); }) == problem::damaged);
  }
}
