// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/hub_store.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <sstream>
#include <thread>
#include <type_traits>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/label/responses/log_odds_half.hpp"
#include "mll/store/update_store.hpp"
#include "support/store_fixture.hpp"

using namespace mll;
using mll::test::same_labels;
using mll::test::store_world;

TEST_CASE("a store returns after reopening what was written") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const store_world world{5, 4, 3};
  const auto expected = world.labels();
  { const auto store = world.make_labelled(file); }
  CHECK(!std::filesystem::exists(file.string() + "-wal"));  // one file
  const auto store = hub_store::open(file);
  CHECK(same_labels(store.labels(world.graph), expected));
  CHECK(store.layout(world.graph) == expected.samples());
  CHECK(store.matches_graph(world.graph));
  CHECK(!store.matches_graph(test::make_star(9)));
  CHECK(store.nodes() == world.nodes());
  const auto report = store.verify();
  CHECK(report.clean());
  CHECK(report.model_count == 5);
  CHECK(report.node_count == 4);
  CHECK(report.chunk_count == 20);
}

TEST_CASE("labels on some nodes are the rows of all labels") {
  const detail::temporary_folder scratch;
  const store_world world{4, 6, 3};
  const auto all = world.labels();
  const auto store = world.make_labelled(scratch.path() / "hub.mll");
  const std::vector<node_id> wanted{world.graph.at("n4"), world.graph.at("n1")};
  const auto some = store.labels(world.graph, wanted);
  REQUIRE(some.samples().nodes().size() == 2);
  for (const auto& label : some.models()) {
    const auto* whole = test::find_label(all, label.name);
    REQUIRE(whole != nullptr);
    for (std::size_t p = 0; p < 2; ++p) {
      const auto from = all.samples().rows(some.samples().nodes()[p]);
      const auto to = some.samples().rows_at(p);
      REQUIRE(from.count == to.count);
      CHECK(label.responses.middleRows(static_cast<Eigen::Index>(to.first),
                                       static_cast<Eigen::Index>(to.count)) ==
            whole->responses.middleRows(static_cast<Eigen::Index>(from.first),
                                        static_cast<Eigen::Index>(from.count)));
      CHECK(label.mean.row(static_cast<Eigen::Index>(p)) ==
            whole->mean.row(static_cast<Eigen::Index>(all.samples().position(some.samples().nodes()[p]))));
    }
  }
  const std::vector<node_id> unknown{world.graph.at("root")};
  CHECK_THROWS_WITH_AS(static_cast<void>(store.labels(world.graph, unknown)), doctest::Contains("nodes"),
                       invalid_argument);
}

TEST_CASE("nodes are found by synset id in a graph that numbers them differently") {
  const detail::temporary_folder scratch;
  const store_world world{3, 4, 2};
  const auto store = world.make_labelled(scratch.path() / "hub.mll");
  std::stringstream edges{"n3\troot\nn1\troot\nn0\troot\nn2\troot\nother\tn2\n"};
  const auto other = read_edge_list(edges);
  REQUIRE(other.at("n3") != world.graph.at("n3"));
  const auto read = store.labels(other);
  const auto expected = world.labels();
  for (const auto& label : read.models()) {
    const auto* whole = test::find_label(expected, label.name);
    for (const char* name : {"n0", "n1", "n2", "n3"}) {
      CHECK(label.mean.row(static_cast<Eigen::Index>(read.samples().position(other.at(name)))) ==
            whole->mean.row(static_cast<Eigen::Index>(expected.samples().position(world.graph.at(name)))));
    }
  }
}

TEST_CASE_TEMPLATE("every codec can be stored", Codec, log_odds_8bit, log_odds_half, log_odds_float) {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const store_world world{2, 3, 2};
  auto store = basic_hub_store<Codec>::create(file);
  store.set_samples(world.graph, world.nodes());
  for (const char* name : {"m0", "m1"}) store.add_model(world.stored(name));
  const auto expected = label<Codec>(exec::sequential{}, world.models, world.samples, world.graph);
  for (const auto& each : expected.models())
    store.write_label(each, expected.samples(), world.graph, store.origin());
  const auto read = store.labels(world.graph);
  for (std::size_t m = 0; m < 2; ++m) CHECK(read.models()[m].responses == expected.models()[m].responses);
  CHECK(store.verify().clean());
  using other = std::conditional_t<std::is_same_v<Codec, log_odds_8bit>, log_odds_half, log_odds_8bit>;
  CHECK_THROWS_WITH_AS(static_cast<void>(basic_hub_store<other>::open(file)),
                       doctest::Contains(std::string{Codec::name}.c_str()), invalid_argument);
}

TEST_CASE("labels and models that do not fit are refused and change nothing") {
  const detail::temporary_folder scratch;
  const store_world world{2, 3, 2};
  auto store = world.make_store(scratch.path() / "hub.mll");
  const auto labels = world.labels();
  auto label = labels.models()[0];
  label.name = "nobody";
  CHECK_THROWS_WITH_AS(store.write_label(label, labels.samples(), world.graph, store.origin()),
                       doctest::Contains("'nobody'"), invalid_argument);
  label = labels.models()[1];
  label.heads[0] = "another";
  CHECK_THROWS_WITH_AS(store.write_label(label, labels.samples(), world.graph, store.origin()),
                       doctest::Contains("heads of model 'm1'"), invalid_argument);
  const store_world wider{2, 4, 2};
  const auto others = wider.labels();
  CHECK_THROWS_AS(store.write_label(others.models()[0], others.samples(), wider.graph, store.origin()),
                  invalid_argument);
  label = labels.models()[0];
  label.mean.resize(1, 1);
  CHECK_THROWS_AS(store.write_label(label, labels.samples(), world.graph, store.origin()), invalid_argument);
  CHECK_THROWS_WITH_AS(store.remove_model("nobody"), doctest::Contains("'nobody'"), invalid_argument);
  CHECK_THROWS_WITH_AS(store.add_model(world.stored("m0")), doctest::Contains("'m0'"), invalid_argument);
  CHECK_THROWS_AS(store.add_model({.name = "", .heads = {"h"}}), invalid_argument);
  CHECK_THROWS_AS(store.add_model({.name = "x", .heads = {}}), invalid_argument);
  CHECK_THROWS_AS(store.add_model({.name = "\xff", .heads = {"h"}}), invalid_argument);
  CHECK(store.models().size() == 2);
  CHECK(store.labels(world.graph).empty());
  CHECK(store.verify().clean());
}

TEST_CASE("ids of models are never reused") {
  const detail::temporary_folder scratch;
  const store_world world{3, 2, 2};
  auto store = world.make_labelled(scratch.path() / "hub.mll");
  const auto last = store.models().back().id;
  store.remove_model("m2");
  CHECK(store.add_model(world.stored("m2")) > last);
  CHECK(store.labels(world.graph).models().size() == 2);  // the old label is gone
  CHECK(store.verify().clean());
}

TEST_CASE("SQL in a name is only a name") {
  const detail::temporary_folder scratch;
  const store_world world{1, 2, 2};
  auto store = world.make_store(scratch.path() / "hub.mll");
  const std::string name = "'); DROP TABLE model; --\"\n%s/../../etc/passwd";
  auto model = world.stored("m0");
  model.name = name;
  model.heads[0] = name;
  store.add_model(model);
  CHECK(store.models().size() == 2);
  CHECK(store.models().back().name == name);
  CHECK(store.models().back().heads[0] == name);
  store.remove_model(name);
  CHECK(store.models().size() == 1);
  CHECK(store.verify().clean());
}

TEST_CASE("threads that read while one writes see complete labels only") {
  const detail::temporary_folder scratch;
  const store_world world{8, 4, 3};
  const auto expected = world.labels();
  auto store = world.make_store(scratch.path() / "hub.mll", {.durability = store_durability::process_crash});
  std::atomic<bool> done = false;
  std::atomic<std::size_t> wrong = 0;
  std::atomic<std::size_t> reads = 0;
  std::vector<std::thread> readers;
  for (std::size_t t = 0; t < 4; ++t) {
    readers.emplace_back([&] {
      std::size_t before = 0;
      do {
        const auto labels = store.labels(world.graph);
        for (const auto& label : labels.models()) {
          if (!test::same_label(label, *test::find_label(expected, label.name))) ++wrong;
        }
        if (labels.models().size() < before) ++wrong;  // nothing is removed here
        before = labels.models().size();
        ++reads;
      } while (!done);
    });
  }
  for (const auto& each : expected.models())
    store.write_label(each, expected.samples(), world.graph, store.origin());
  done = true;
  for (auto& thread : readers) thread.join();
  CHECK(wrong == 0);
  CHECK(reads >= 4);
  CHECK(same_labels(store.labels(world.graph), expected));
}

TEST_CASE("several processes read while one writes") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const store_world world{6, 4, 3};
  const auto expected = world.labels();
  { const auto blank = world.make_store(file); }
  std::vector<pid_t> readers;
  for (std::size_t i = 0; i < 3; ++i) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      int verdict = 1;
      try {
        const auto store = hub_store::open(file, {.access = store_access::read_only});
        for (std::size_t before = 0; before < 6;) {
          const auto labels = store.labels(world.graph);
          bool right = labels.models().size() >= before;
          for (const auto& label : labels.models())
            right = right && test::same_label(label, *test::find_label(expected, label.name));
          if (!right) _exit(2);
          before = labels.models().size();
        }
        verdict = 0;
      } catch (...) {
      }
      _exit(verdict);
    }
    readers.push_back(child);
  }
  auto store = hub_store::open(file);
  for (const auto& each : expected.models())
    store.write_label(each, expected.samples(), world.graph, store.origin());
  for (const pid_t child : readers) {
    int status = -1;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
}

TEST_CASE("the pages read depend on the task, not on the store") {
  const detail::temporary_folder scratch;
  const auto pages_read = [&](std::size_t nodes) {
    const auto file = scratch.path() / std::to_string(nodes);
    const store_world world{12, nodes, 300};
    { const auto made = world.make_labelled(file, {.durability = store_durability::process_crash}); }
    const auto store = hub_store::open(file);
    const std::vector<node_id> wanted{world.graph.at("n1"), world.graph.at("n" + std::to_string(nodes - 1))};
    CHECK(store.labels(world.graph, wanted).models().size() == 12);
    const detail::connection_pool::lease db{*store.connections()};  // the connection of the read above
    int pages = 0;
    int unused = 0;
    sqlite3_db_status((*db).handle(), SQLITE_DBSTATUS_CACHE_MISS, &pages, &unused, 0);
    CHECK(pages > 12);
    return pages;
  };
  const int small = pages_read(20);
  const int large = pages_read(160);
  CHECK(large < 2 * small);  // the table of nodes is longer
}

TEST_CASE("writers in several threads wait for each other") {
  const detail::temporary_folder scratch;
  const store_world world{12, 3, 2};
  const auto expected = world.labels();
  auto store = world.make_store(scratch.path() / "hub.mll", {.durability = store_durability::process_crash});
  const auto origin = store.origin();
  std::vector<std::thread> writers;
  for (std::size_t t = 0; t < 3; ++t) {
    writers.emplace_back([&, t] {
      for (std::size_t m = t; m < 12; m += 3)
        store.write_label(expected.models()[m], expected.samples(), world.graph, origin);
    });
  }
  for (auto& thread : writers) thread.join();
  CHECK(same_labels(store.labels(world.graph), expected));
}

TEST_CASE("compacting returns the space of removed models") {
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const store_world world{20, 10, 400};
  auto store = world.make_labelled(file);
  store.compact();
  const auto full = std::filesystem::file_size(file);
  for (std::size_t m = 1; m < 20; ++m) store.remove_model("m" + std::to_string(m));
  store.compact();
  CHECK(std::filesystem::file_size(file) < full / 2);
  CHECK(store.verify().clean());
  CHECK(store.labels(world.graph).models().size() == 1);
}

TEST_CASE("labels of another model, of other samples or of another graph are refused by name") {
  const detail::temporary_folder scratch;
  const store_world world{2, 3, 2};
  auto store = world.make_store(scratch.path() / "hub.mll");
  const auto labels = world.labels();
  const auto origin = store.origin();
  CHECK(origin.models.size() == 2);
  CHECK(origin.nodes.size() == 3);
  const auto write = [&](const std::optional<label_origin>& from) {
    store.write_label(labels.models()[0], labels.samples(), world.graph, from);
  };
  const auto refuses = [&](const char* what) {
    CHECK_THROWS_WITH_AS(write(origin), doctest::Contains(what), invalid_argument);
    CHECK(store.labels(world.graph).empty());
  };
  SUBCASE("other weights under the same name, with the same heads") {
    auto model = store.models()[0];
    model.fingerprint = "2";
    store.update_model("m0", model);
    refuses("'m0'");
    store.write_label(labels.models()[1], labels.samples(), world.graph, origin);  // nothing is wrong with m1
    CHECK(store.labels(world.graph).models().size() == 1);
    return;
  }
  SUBCASE("other samples, as many as before") {
    auto nodes = world.nodes();
    nodes[1].fingerprint = "others";
    store.set_samples(world.graph, nodes);
    refuses("'n1'");
  }
  SUBCASE("another graph with the same nodes") {
    std::stringstream edges{"n0\troot\nn1\tn0\nn2\troot\n"};
    const auto other = read_edge_list(edges);
    store.set_samples(other, world.nodes());
    CHECK_THROWS_WITH_AS(store.write_label(labels.models()[0], store.layout(other), other, origin),
                         doctest::Contains("graph"), invalid_argument);
    return;
  }
  SUBCASE("a model or a node that the origin does not know") {
    auto partial = origin;
    partial.models.erase("m0");
    CHECK_THROWS_WITH_AS(write(partial), doctest::Contains("'m0'"), invalid_argument);
    partial = origin;
    partial.nodes.erase("n2");
    CHECK_THROWS_WITH_AS(write(partial), doctest::Contains("'n2'"), invalid_argument);
  }
  SUBCASE("nothing has changed") {
    write(origin);
  }
  if (store.origin() == origin) write(origin);
  write(std::nullopt);  // not checked
  CHECK(store.labels(world.graph).models().size() == 1);
}

TEST_CASE("a store that was never given samples says so") {
  const detail::temporary_folder scratch;
  const store_world world{1, 2, 2};
  auto store = hub_store::create(scratch.path() / "hub.mll");
  store.add_model(world.stored("m0"));
  const auto labels = world.labels();
  CHECK_THROWS_WITH_AS(store.write_label(labels.models()[0], labels.samples(), world.graph, store.origin()),
                       doctest::Contains("set_samples"), invalid_argument);
}

TEST_CASE("opening a store again does not release the locks that this process holds on it") {
  // POSIX locks of a process end when it closes any descriptor of the file. A program that then finds nobody
  // else removes the journal that is in use.
  const detail::temporary_folder scratch;
  const auto file = scratch.path() / "hub.mll";
  const store_world world{2, 2, 2};
  { const auto made = world.make_store(file); }
  // Programs that are started before this one opens the store, so that they inherit nothing of it.
  int go[2][2];
  pid_t visitors[2];
  for (int i = 0; i < 2; ++i) {
    REQUIRE(pipe(go[i]) == 0);
    visitors[i] = fork();
    REQUIRE(visitors[i] >= 0);
    if (visitors[i] != 0) continue;
    char byte = 0;
    if (read(go[i][0], &byte, 1) != 1) _exit(100);
    int models = 101;
    try {
      auto store = hub_store::open(file);
      store.save_note("visitor", std::to_string(i));
      models = static_cast<int>(store.models().size());
    } catch (...) {
    }
    _exit(models);  // after the store was closed
  }
  const auto visit = [&](int i) {
    int status = -1;
    REQUIRE(write(go[i][1], "x", 1) == 1);
    REQUIRE(waitpid(visitors[i], &status, 0) == visitors[i]);
    return WEXITSTATUS(status);
  };
  auto store = hub_store::open(file);
  store.save_note("here", "1");
  { const auto again = hub_store::open(file); }
  CHECK(visit(0) == 2);
  auto model = world.stored("m1");
  model.name = "third";
  store.add_model(model);
  CHECK(visit(1) == 3);
}
