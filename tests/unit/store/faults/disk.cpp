// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Failing disks and full disks.
#include <doctest/doctest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/store/update_store.hpp"
#include "support/faulty_vfs.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

namespace {

void remove_store(const std::filesystem::path& file) {
  for (const char* ending : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(file.string() + ending);
}

/// Checks the guarantees after a fault, when the disk works again.
void check_after_fault(const std::filesystem::path& file, const test::store_world& world,
                       const model_labels& expected, const std::vector<std::string>& acknowledged,
                       const update_store_options& options) {
  auto store = hub_store::open(file);
  const auto report = store.verify();
  REQUIRE_MESSAGE(report.clean(), (report.damages.empty() ? "" : report.damages.front().what));
  const auto there = store.labels(world.graph);
  for (const auto& name : acknowledged) {
    const auto* label = test::find_label(there, name);
    REQUIRE(label != nullptr);
    REQUIRE(test::same_label(*label, *test::find_label(expected, name)));
  }
  update_store(exec::sequential{}, store, world.models, world.samples, world.graph, options);
  REQUIRE(test::same_labels(store.labels(world.graph), expected));
}

/// Labels a store until the disk fails.
/// @return whether it finished; appends the names of complete labels to the list
bool label_until_fault(const std::filesystem::path& file, const test::store_world& world,
                       update_store_options options, std::vector<std::string>& acknowledged) {
  options.finished = [&](const std::string& name) { acknowledged.push_back(name); };
  try {
    auto store = hub_store::open(file);
    update_store(exec::sequential{}, store, world.models, world.samples, world.graph, options);
    return true;
  } catch (const store_error& thrown) {
    REQUIRE_MESSAGE((thrown.code() == store_errc::input_output || thrown.code() == store_errc::full),
                    thrown.what());
  }
  return false;
}

}  // namespace

TEST_CASE("faults: any failing write or sync is an error and loses nothing") {
  const bool in_full = test::fault_cases(0, 1) == 1;
  const detail::temporary_folder scratch;
  const test::store_world world{in_full ? std::size_t{12} : std::size_t{3}, 4, 3};
  const auto expected = world.labels();
  const auto blank = scratch.path() / "blank.mll";
  { const auto store = world.make_store(blank); }
  const auto file = scratch.path() / "hub.mll";
  const update_store_options options{.chunk_samples = 8, .models_at_a_time = 2};
  std::size_t cases = 0;
  std::size_t refused = 0;
  for (const auto& [code, lasting] :
       {std::pair{SQLITE_IOERR, false}, {SQLITE_IOERR, true}, {SQLITE_FULL, true}}) {
    for (std::size_t n = 1;; ++n) {
      remove_store(file);
      std::filesystem::copy_file(blank, file);
      std::vector<std::string> acknowledged;
      test::faulty_vfs disk;
      disk.fail_at(n, code, lasting);
      const bool ended = label_until_fault(file, world, options, acknowledged);
      const bool met = disk.failures() > 0;
      disk.heal();
      if (ended) REQUIRE(acknowledged.size() == world.models.size());
      check_after_fault(file, world, expected, acknowledged, options);
      if (!met) break;  // labelling needs fewer writes than n
      ++cases;
      refused += ended ? 0 : 1;
    }
  }
  CHECK(refused > 20);
  std::cout << "failing writes and syncs: " << cases << " cases, " << refused
            << " of them an error, the others absorbed; nothing lost\n";
}

TEST_CASE("faults: creating a store on a failing disk leaves no store or a complete one") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  std::size_t cases = 0;
  for (std::size_t n = 1;; ++n) {
    for (const auto& entry : std::filesystem::directory_iterator{scratch.path()})
      std::filesystem::remove(entry);
    bool met = false;
    {
      test::faulty_vfs disk;
      disk.fail_at(n, SQLITE_IOERR, true);
      CHECK_NOTHROW_MESSAGE(
          [&] {
            try {
              static_cast<void>(hub_store::create(file));
            } catch (const store_error&) {
            }
          }(),
          "another exception");
      met = disk.failures() > 0;
    }
    if (std::filesystem::exists(file)) CHECK(hub_store::open(file).verify().clean());
    if (!met) break;
    ++cases;
  }
  CHECK(cases > 3);
  std::cout << "creating on a failing disk: " << cases << " cases\n";
}

TEST_CASE("faults: a file size limit is an error and loses nothing") {
  const detail::temporary_folder scratch;
  const test::store_world world{8, 4, 40};
  const auto expected = world.labels();
  const auto blank = scratch.path() / "blank.mll";
  { const auto store = world.make_store(blank); }
  const auto file = scratch.path() / "hub.mll";
  const update_store_options options{.chunk_samples = 60, .models_at_a_time = 2};
  const std::size_t cases = test::fault_cases(6, 60);
  const std::size_t min_size = std::filesystem::file_size(blank) / 2;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < cases; ++i) {
    remove_store(file);
    std::filesystem::copy_file(blank, file);
    const auto names = scratch.path() / "acknowledged";
    std::ofstream{names};
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      signal(SIGXFSZ, SIG_IGN);
      const std::size_t max_size = min_size + i * (400'000 / cases);
      std::ofstream list{names, std::ios::app};
      const rlimit limit{max_size, max_size};
      if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(3);
      auto how = options;
      how.finished = [&](const std::string& name) { list << name << std::endl; };
      try {
        auto store = hub_store::open(file);
        update_store(exec::sequential{}, store, world.models, world.samples, world.graph, how);
      } catch (const store_error&) {
        _exit(1);
      } catch (...) {
        _exit(2);
      }
      _exit(0);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) < 2);
    refused += WEXITSTATUS(status) == 1 ? 1 : 0;
    std::ifstream stream{names};
    const std::vector<std::string> acknowledged{std::istream_iterator<std::string>{stream}, {}};
    check_after_fault(file, world, expected, acknowledged, options);
  }
  CHECK(refused > 0);
  std::cout << "files that may not grow: " << cases << " cases, " << refused
            << " of them an error; nothing lost\n";
}

TEST_CASE("faults: a full disk is an error and loses nothing") {
  const detail::temporary_folder scratch;
  const auto folder = scratch.path() / "disk";
  std::filesystem::create_directory(folder);
  if (mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=400k") != 0) {
    std::cout << "a small disk that fills up: skipped, a file system cannot be mounted here ("
              << std::strerror(errno) << "; run as root)\n";
    return;
  }
  struct unmount {
    const std::filesystem::path& at;
    ~unmount() { umount2(at.c_str(), MNT_DETACH); }
  } const at_the_end{folder};
  const test::store_world world{30, 6, 60};
  const auto expected = world.labels();
  const auto file = folder / "hub.mll";
  std::vector<std::string> acknowledged;
  { const auto store = world.make_store(scratch.path() / "blank.mll"); }
  std::filesystem::copy_file(scratch.path() / "blank.mll", file);
  const update_store_options options{.chunk_samples = 100, .models_at_a_time = 2};
  REQUIRE(!label_until_fault(file, world, options, acknowledged));
  {
    const auto store = hub_store::open(file);
    CHECK(store.verify().clean());
    CHECK(store.labels(world.graph).models().size() == acknowledged.size());
  }
  CHECK(!acknowledged.empty());
  {  // not a byte is left: everything can still be read
    std::ofstream filler{folder / "filler", std::ios::binary};
    const std::string block(4096, 'x');
    while (filler.write(block.data(), 4096).flush()) {
    }
    for (std::size_t size = 2048; size > 0; size /= 2) {
      filler.clear();
      while (filler.write(block.data(), static_cast<std::streamsize>(size)).flush()) {
      }
    }
    const auto store = hub_store::open(file, {.access = store_access::read_only});
    CHECK(store.models().size() == 30);
    CHECK(store.labels(world.graph).models().size() == acknowledged.size());
    try {
      hub_store::open(file).save_note("key", std::string(100'000, 'x'));
      FAIL("nothing was thrown");
    } catch (const store_error& thrown) {
      CHECK_MESSAGE(thrown.code() == store_errc::full, thrown.what());
    }
  }
  const auto roomy = scratch.path() / "roomy.mll";
  for (const char* ending : {"", "-wal"}) {  // new data are in the journal
    if (std::filesystem::exists(file.string() + ending))
      std::filesystem::copy_file(file.string() + ending, roomy.string() + ending);
  }
  check_after_fault(roomy, world, expected, acknowledged, options);
  std::cout << "a small disk that fills up: 1 case, " << acknowledged.size()
            << " of 30 labels acknowledged before\n";
}
