// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A labelling process that is killed at a random moment.
#include <doctest/doctest.h>

#include <chrono>
#include <iostream>
#include <optional>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/core/random.hpp"
#include "mll/store/update_store.hpp"
#include "support/killed_child.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

namespace {

const update_store_options options{.chunk_samples = 12, .models_at_a_time = 4};

/// Labels a store in a child process, which acknowledges each label.
/// @return the acknowledged names
std::vector<std::string> label_in_child(const std::filesystem::path& file, const test::store_world& world,
                                        const std::optional<test::moment>& death) {
  return test::run_in_child(
      [&](const test::acknowledge& finished) {
        auto store = hub_store::open(file);
        auto how = options;
        how.finished = finished;
        update_store(exec::sequential{}, store, world.models, world.samples, world.graph, how);
      },
      death);
}

}  // namespace

TEST_CASE("faults: kill -9 at random moments loses no acknowledged label") {
  const std::size_t cases = test::fault_cases(12, 500);
  const detail::temporary_folder scratch;
  const test::store_world world{60, 8, 3};
  const auto expected = world.labels();
  const auto blank = scratch.path() / "blank.mll";
  { const auto store = world.make_store(blank); }
  const auto fresh = [&] {
    const auto file = scratch.path() / "hub.mll";
    for (const char* ending : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + ending);
    std::filesystem::copy_file(blank, file);
    return file;
  };

  const auto begin = std::chrono::steady_clock::now();
  CHECK(label_in_child(fresh(), world, std::nullopt).size() == 60);
  const auto whole =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);

  random_engine engine{7};
  std::size_t interrupted = 0;
  std::size_t acknowledged = 0;
  std::size_t kills = 0;
  // A child may finish before it is killed, because it keeps running while this process wakes up. Such cases
  // do not count.
  for (; interrupted < cases && kills < 4 * cases; ++kills) {
    const auto file = fresh();
    const test::moment death{engine() % 30, engine() % (1 + static_cast<std::uint64_t>(whole.count()) / 30)};
    const auto names = label_in_child(file, world, death);
    acknowledged += names.size();
    interrupted += names.size() < 60 ? 1 : 0;
    auto store = hub_store::open(file);
    const auto report = store.verify();
    REQUIRE_MESSAGE(report.clean(), (report.damages.empty() ? "" : report.damages.front().what));
    const auto there = store.labels(world.graph);
    for (const std::string& name : names) {
      const auto* label = test::find_label(there, name);
      REQUIRE(label != nullptr);
      REQUIRE(test::same_label(*label, *test::find_label(expected, name)));
    }
    update_store(exec::sequential{}, store, world.models, world.samples, world.graph, options);
    REQUIRE(test::same_labels(store.labels(world.graph), expected));
  }
  CHECK(interrupted > 0);
  std::cout << "kill -9: " << kills << " cases, " << interrupted << " of them before the end, "
            << acknowledged << " acknowledged labels, none lost\n";
}
