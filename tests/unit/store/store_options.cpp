// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/store_options.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <map>
#include <thread>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "support/files.hpp"
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

namespace {

/// All files of a folder with their contents.
std::map<std::string, std::string> contents(const std::filesystem::path& folder) {
  std::map<std::string, std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator{folder})
    out[entry.path().filename().string()] = test::read_file(entry.path());
  return out;
}

/// Runs `work` in a process of another user; returns its answer. Only root can do that.
template <class Work>
int as_user(uid_t user, const Work& work) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (setgid(user) != 0 || setuid(user) != 0) _exit(99);
    try {
      _exit(work());
    } catch (const store_error& thrown) {
      std::cerr << thrown.what() << std::endl;
      _exit(50 + static_cast<int>(thrown.code()));
    } catch (...) {
      _exit(98);
    }
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
constexpr int failed_with(store_errc code) {
  return 50 + static_cast<int>(code);
}

constexpr store_options reading{.access = store_access::read_only};

}  // namespace

TEST_CASE("read-only access creates no file and changes none") {
  const detail::temporary_folder scratch;
  const auto place = scratch.path() / "a place %41?x#y";  // characters with a meaning in a URI
  std::filesystem::create_directory(place);
  const auto file = place / "hub.mll";
  const test::store_world world{3, 2, 2};
  const auto expected = world.labels();
  const auto read = [&](const std::filesystem::path& at) {
    const auto before = contents(at.parent_path());
    {
      const auto store = hub_store::open(at, reading);
      CHECK(test::same_labels(store.labels(world.graph), expected));
      CHECK(store.verify().clean());
      CHECK(contents(at.parent_path()) == before);
    }
    CHECK(contents(at.parent_path()) == before);
  };
  { const auto made = world.make_labelled(file); }
  SUBCASE("a closed store") {
    read(file);
  }
  SUBCASE("with a journal that a crash has left") {
    const auto writing = hub_store::open(file);
    auto changing = writing;
    changing.remove_model("m2");
    changing.add_model(world.stored("m2"));
    changing.write_label(*test::find_label(expected, "m2"), expected.samples(), world.graph,
                         changing.origin());
    for (const bool index : {true, false}) {  // without: a store that was copied together with its journal
      const auto left = scratch.path() / (index ? "crashed" : "copied");
      std::filesystem::create_directory(left);
      for (const char* ending : {"", "-wal", "-shm"}) {
        if (index || std::string{ending} != "-shm")
          std::filesystem::copy_file(file.string() + ending, (left / "hub.mll").string() + ending);
      }
      read(left / "hub.mll");
      // A reader does not keep a writer of the same process from writing.
      const auto reader = hub_store::open(left / "hub.mll", reading);
      CHECK(reader.models().size() == 3);
      auto writer = hub_store::open(left / "hub.mll");
      writer.save_note("key", "text");
      CHECK(reader.note("key") == "text");
    }
  }
  SUBCASE("with an empty journal of somebody else") {
    test::write_file(file.string() + "-wal", "");
    read(file);
  }
}

TEST_CASE("a reader sees what writers commit, whether they come before it or after it") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const test::store_world world{4, 2, 2};
  { const auto made = world.make_labelled(file); }
  const auto early = hub_store::open(file, reading);
  CHECK(early.models().size() == 4);
  for (std::size_t round = 0; round < 3; ++round) {
    {
      auto writing = hub_store::open(file);
      writing.remove_model("m" + std::to_string(round));
      CHECK(early.models().size() == 3 - round);
      const auto late = hub_store::open(file, reading);
      CHECK(late.models().size() == 3 - round);
      writing.save_note("round", std::to_string(round));
      CHECK(late.note("round") == std::to_string(round));
      CHECK(early.note("round") == std::to_string(round));
    }
    CHECK(early.models().size() == 3 - round);  // the journal has gone
    CHECK(early.verify().clean());
  }
}

TEST_CASE("a store that a user may only read is read, and leaves its owner free to write") {
  if (geteuid() != 0) {
    MESSAGE("skipped: other users can be tried by root only");
    return;
  }
  constexpr uid_t owner = 12345;
  constexpr uid_t guest = 23456;
  const detail::temporary_folder scratch;
  std::filesystem::permissions(scratch.path(), std::filesystem::perms{0755});
  const auto place = scratch.path() / "shared";
  std::filesystem::create_directory(place);
  const auto file = place / "hub.mll";
  const test::store_world world{2, 2, 2};
  { const auto made = world.make_labelled(file); }
  REQUIRE(chown(file.c_str(), owner, owner) == 0);
  const auto models = [&] { return static_cast<int>(hub_store::open(file, reading).models().size()); };
  const auto change = [&] {
    auto store = hub_store::open(file);
    store.save_note("key", "text");
    return 7;
  };

  SUBCASE("in a folder that everybody may write") {
    std::filesystem::permissions(file, std::filesystem::perms{0644});
    std::filesystem::permissions(place, std::filesystem::perms{01777});
    CHECK(as_user(guest, models) == 2);
    CHECK(contents(place).size() == 1);
    CHECK(as_user(owner, change) == 7);
    CHECK(as_user(guest, change) == failed_with(store_errc::read_only));
  }
  SUBCASE("in a folder that nobody may write") {
    std::filesystem::permissions(file, std::filesystem::perms{0444});
    std::filesystem::permissions(place, std::filesystem::perms{0555});
    CHECK(as_user(guest, models) == 2);
    CHECK(as_user(guest, change) == failed_with(store_errc::read_only));
    std::filesystem::permissions(file, std::filesystem::perms{0666});
    CHECK(as_user(guest, change) == failed_with(store_errc::read_only));  // no place for a journal
    CHECK(as_user(guest, [&] {
            try {
              return change();
            } catch (const store_error& thrown) {
              return std::string{thrown.what()}.find("folder '" + place.string() + "'") != std::string::npos
                         ? 0
                         : 1;
            }
          }) == 0);
  }
  SUBCASE("while its owner writes") {
    std::filesystem::permissions(file, std::filesystem::perms{0644});
    std::filesystem::permissions(place, std::filesystem::perms{0755});
    REQUIRE(chown(place.c_str(), owner, owner) == 0);
    CHECK(as_user(owner, [&]() -> int {
            auto store = hub_store::open(file);
            store.remove_model("m1");
            store.save_note("key", "text");
            _exit(models());  // with the journal
          }) == 1);
    CHECK(contents(place).size() == 3);
    CHECK(as_user(guest, models) == 1);
    CHECK(contents(place).size() == 3);
    CHECK(as_user(owner, change) == 7);
  }
  SUBCASE("a file without read permission is reported as such") {
    std::filesystem::permissions(file, std::filesystem::perms{0600});
    CHECK(as_user(guest, models) == failed_with(store_errc::input_output));
  }
  SUBCASE("a journal of somebody else is named") {
    for (const char* ending : {"-wal", "-shm"}) {
      test::write_file(file.string() + ending, "");
      REQUIRE(chown((file.string() + ending).c_str(), guest, guest) == 0);
    }
    CHECK(as_user(owner, [&] {
            try {
              return change();
            } catch (const store_error& thrown) {
              return std::string{thrown.what()}.find("hub.mll-") != std::string::npos ? 0 : 1;
            }
          }) == 0);
    CHECK(as_user(owner, models) == 2);
  }
}
