// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/store_report.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <atomic>
#include <memory>
#include <sstream>
#include <utility>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/model/callable_classifier.hpp"
#include "mll/store/detail/sqlite/database.hpp"
#include "mll/store/update_store.hpp"
#include "support/store_fixture.hpp"

using namespace mll;
using names = std::vector<std::string>;

namespace {

/// A hub whose models count the samples that they run on.
struct counted {
  test::store_world world;
  std::shared_ptr<std::atomic<std::size_t>> asked = std::make_shared<std::atomic<std::size_t>>(0);
  hub<int> models;

  explicit counted(test::store_world of) : world{std::move(of)} {
    for (const model_id id : world.models.ids()) {
      const auto stored = world.stored(world.models.name(id));
      models.add(stored.name, callable_classifier<int>{
                                  stored.heads, [model = world.models.model(id), count = asked,
                                                 heads = stored.heads.size()](std::span<const int> batch) {
                                    *count += batch.size();
                                    matrix<float> scores(static_cast<Eigen::Index>(batch.size()),
                                                         static_cast<Eigen::Index>(heads));
                                    model.predict(batch, scores);
                                    return scores;
                                  }});
    }
  }
};

}  // namespace

TEST_CASE("exactly the labels on changed samples are dropped and computed again") {
  const detail::temporary_folder scratch;
  counted now{test::store_world{4, 5, 3}};
  auto store = now.world.make_labelled(scratch.path() / "hub.mll");
  CHECK(store.set_samples(now.world.graph, now.world.nodes()).empty());

  auto nodes = now.world.nodes();
  SUBCASE("other samples of a node") {
    nodes[2].fingerprint = "others";
    const auto change = store.set_samples(now.world.graph, nodes);
    CHECK(change.replaced == names{nodes[2].synset});
    CHECK(change.added.empty());
    CHECK(change.removed.empty());
    CHECK(change.dropped == 4);
    CHECK(change.incomplete == 4);
    CHECK(store.verify().chunk_count == 16);
    CHECK(store.labels(now.world.graph).empty());
    const auto done = update_store(exec::sequential{}, store, now.models, now.world.samples, now.world.graph);
    CHECK(done.labelled.size() == 4);
    CHECK(*now.asked == 4 * nodes[2].sample_count);
    CHECK(test::same_labels(store.labels(now.world.graph), now.world.labels()));
  }
  SUBCASE("a node goes") {
    nodes.erase(nodes.begin() + 1);
    const auto change = store.set_samples(now.world.graph, nodes, missing_nodes::drop);
    CHECK(change.removed == names{"n1"});
    CHECK(change.dropped == 4);
    CHECK(change.incomplete == 0);  // the labels are as complete as before
    CHECK(store.labels(now.world.graph).models().size() == 4);
    CHECK(store.verify().chunk_count == 16);
    const auto again = store.set_samples(now.world.graph, now.world.nodes());
    CHECK(again.added == names{"n1"});
    CHECK(again.incomplete == 4);
  }
  SUBCASE("another gloss of a node") {
    std::stringstream edges;
    for (std::size_t i = 0; i < 5; ++i) edges << 'n' << i << "\troot\n";
    std::stringstream words{"n0\tn0\nn1\tn1\nn2\tsomething|else\nn3\tn3\nn4\tn4\n"};
    const auto other = read_edge_list(edges, words);
    const auto change = store.set_samples(other, nodes);
    CHECK(change.replaced == names{"n2"});
    CHECK(change.dropped == 4);
    CHECK(store.matches_graph(other));
  }
  SUBCASE("the graph grows elsewhere") {
    const auto wider = test::make_star(8);
    const auto change = store.set_samples(wider, nodes);
    CHECK(change.empty());
    CHECK(store.labels(wider).models().size() == 4);
    CHECK(store.matches_graph(wider));
  }
  CHECK(store.verify().clean());
}

TEST_CASE("repair removes the damaged data only; labelling computes them again") {
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
  CHECK(after.chunk_count == chunks);
  const auto left = store.labels(world.graph);
  for (const auto& label : left.models()) CHECK(label.heads == world.stored(label.name).heads);
  if (kept == 3) CHECK(store.add_model(world.stored("m3")).value() >= 4);
  store.set_samples(world.graph, world.nodes());
  update_store(exec::sequential{}, store, world.models, world.samples, world.graph);
  CHECK(test::same_labels(store.labels(world.graph), world.labels()));
  CHECK(std::distance(std::filesystem::directory_iterator{scratch.path()}, {}) <= 3);  // the file, -wal, -shm
}
