// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Many changes in sequence.
#include <doctest/doctest.h>
#include <malloc.h>

#include <algorithm>
#include <iostream>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/select/select.hpp"
#include "mll/store/store_source.hpp"
#include "support/store_fixture.hpp"

using namespace mll;

TEST_CASE("faults: repeated adding, selecting and removing does not use more memory or disk") {
  const std::size_t cycles = test::fault_cases(200, 50'000);
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const test::store_world world{8, 4, 6};
  const auto expected = world.labels();
  auto store = world.make_labelled(file, {.durability = store_durability::process_crash});
  store.remove_model("m7");
  store.compact();
  const auto size_at_first = std::filesystem::file_size(file);
  const std::vector<node_id> nodes{world.graph.at("n0"), world.graph.at("n1"), world.graph.at("n2")};
  task_match match{task{{{"n0"}, {"n1"}, {"n2"}}}, std::vector<class_match>(3)};
  for (std::size_t y = 0; y < nodes.size(); ++y) {
    class_match& found = match.classes[y];
    found.node = nodes[y];
    found.coverage = coverage::own_samples;
    found.sample_count = expected.samples().rows(nodes[y]).count;
    found.evidence = {{nodes[y], 1}};
  }
  const auto in_use = [] {
    const auto heap = mallinfo2();
    return heap.uordblks + heap.hblkhd;
  };
  const auto choose = [&](const auto& hub) {
    return select(exec::sequential{}, hub, match,
                  {.method = {.budget = heads_per_class{2}, .screened = 4}, .folds = 0})
        .ensemble;
  };
  const auto whole = choose(expected);
  std::size_t settled = 0;
  std::size_t max_in_use = 0;
  std::uintmax_t largest = 0;
  for (std::size_t i = 0; i < cycles; ++i) {
    store.add_model(world.stored("m7"));
    store.write_label(*test::find_label(expected, "m7"), expected.samples(), world.graph, store.origin());
    {
      const store_source<> source{store, world.graph, nodes};
      const auto chosen = choose(source);
      REQUIRE(chosen.votes.size() == 3);
      for (std::size_t y = 0; y < 3; ++y) {
        REQUIRE(chosen.votes[y].size() == whole.votes[y].size());
        for (std::size_t k = 0; k < chosen.votes[y].size(); ++k) {
          REQUIRE(chosen.votes[y][k].slope == whole.votes[y][k].slope);
          REQUIRE(chosen.votes[y][k].intercept == whole.votes[y][k].intercept);
        }
      }
    }
    store.remove_model("m7");
    if (i == cycles / 10) settled = in_use();
    if (i > cycles / 10 && i % 10 == 0) max_in_use = std::max(max_in_use, in_use());
    if (i % 100 == 0) largest = std::max({largest, std::filesystem::file_size(file)});
  }
  // SQLite's caches vary by a few pages.
  CHECK(max_in_use <= settled + (std::size_t{256} << 10U));
  CHECK(store.verify().clean());
  store.compact();
  const auto size_at_last = std::filesystem::file_size(file);
  CHECK(size_at_last <= size_at_first + 4096);
  std::cout << "soak: " << cycles << " cycles; memory in use " << settled
            << " bytes after a tenth of them, at most " << max_in_use << " later; file " << size_at_first
            << " bytes before, at most " << largest << " meanwhile, " << size_at_last << " compacted\n";
}
