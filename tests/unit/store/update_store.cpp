// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/update_store.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <stop_token>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/model/callable_classifier.hpp"
#include "support/store_fixture.hpp"

using namespace mll;
using mll::test::same_labels;

TEST_CASE("labels in a store are those of labelling in memory, for any chunk size") {
  const detail::temporary_folder scratch;
  const test::store_world world{7, 6, 4};
  const auto expected = world.labels();
  std::size_t number = 0;
  for (const std::size_t chunk : {1U, 7U, 4096U}) {
    for (const std::size_t side_by_side : {1U, 3U, 16U}) {
      auto store = world.make_store(scratch.path() / std::to_string(++number));
      std::vector<std::string> finished;
      std::size_t last = 0;
      std::size_t total = 0;
      const auto done =
          update_store(exec::sequential{}, store, world.models, world.samples, world.graph,
                       {.labelling = {.batch_size = 3,
                                      .observer =
                                          [&](const progress& at) {
                                            CHECK(at.done > last);
                                            CHECK(at.done - last <= 3);  // a batch of one model
                                            last = at.done;
                                            total = at.total;
                                          }},
                        .chunk_samples = chunk,
                        .models_at_a_time = side_by_side,
                        .finished = [&](const std::string& name) { finished.push_back(name); }});
      CHECK(done.labelled.size() == 7);
      CHECK(done.labelled == finished);
      CHECK(done.failures.empty());
      CHECK(last == total);
      CHECK(total == 7 * expected.samples().row_count());
      CHECK(same_labels(store.labels(world.graph), expected));
      CHECK(
          update_store(exec::sequential{}, store, world.models, world.samples, world.graph).labelled.empty());
      CHECK(store.verify().clean());
    }
  }
}

TEST_CASE("interrupted labelling continues, chunk by chunk") {
  const detail::temporary_folder scratch;
  const test::store_world world{1, 8, 3};
  auto store = world.make_store(scratch.path() / "hub.mll");
  std::size_t asked = 0;
  std::size_t limit = 10;
  hub<int> models;
  models.add("m0", callable_classifier<int>{world.stored("m0").heads, [&](std::span<const int> batch) {
                                              if (asked + batch.size() > limit)
                                                throw std::runtime_error{"tired"};
                                              asked += batch.size();
                                              matrix<float> scores(static_cast<Eigen::Index>(batch.size()),
                                                                   1);
                                              world.models.model(model_id{0}).predict(batch, scores);
                                              return scores;
                                            }});
  const auto run = [&] {
    return update_store(exec::sequential{}, store, models, world.samples, world.graph, {.chunk_samples = 3});
  };
  const auto first = run();
  REQUIRE(first.failures.size() == 1);
  CHECK(first.failures[0].name == "m0");
  CHECK(first.failures[0].message.find("tired") != std::string::npos);
  CHECK(store.models()[0].failure == first.failures[0].message);
  CHECK(store.models()[0].state == label_state::partial);
  CHECK(store.labels(world.graph).empty());
  CHECK(store.verify().clean());
  const std::size_t chunks = store.verify().chunk_count;
  CHECK(chunks >= 2);
  CHECK(chunks < 8);
  limit = 1000;
  CHECK(run().labelled.size() == 1);
  CHECK(store.models()[0].failure.empty());
  CHECK(asked == world.labels().samples().row_count());  // no sample twice
  CHECK(same_labels(store.labels(world.graph), world.labels()));
}

TEST_CASE("stopping keeps the nodes that were reached, within a chunk, and progress counts on") {
  const detail::temporary_folder scratch;
  const test::store_world world{3, 8, 4};
  const auto expected = world.labels();
  const std::size_t samples = expected.samples().row_count();
  auto store = world.make_store(scratch.path() / "hub.mll");
  std::vector<std::size_t> ran(3, 0);
  hub<int> models;
  for (std::size_t m = 0; m < 3; ++m) {
    const auto name = "m" + std::to_string(m);
    models.add(name, callable_classifier<int>{world.stored(name).heads, [&, m](std::span<const int> batch) {
                                                ran[m] += batch.size();
                                                matrix<float> scores(static_cast<Eigen::Index>(batch.size()),
                                                                     static_cast<Eigen::Index>(1 + m % 3));
                                                world.models.model(model_id{m}).predict(batch, scores);
                                                return scores;
                                              }});
  }
  std::stop_source stop;
  std::size_t done = 0;
  std::size_t calls = 0;
  CHECK_THROWS_AS(update_store(exec::sequential{}, store, models, world.samples, world.graph,
                               {.labelling = {.batch_size = 2,
                                              .observer =
                                                  [&](const progress& at) {
                                                    ++calls;
                                                    done = at.done;
                                                    CHECK(at.total == 3 * samples);
                                                    if (at.done >= 3 * samples / 2) stop.request_stop();
                                                  },
                                              .stop = stop.get_token()}}),
                  cancelled);
  CHECK(calls >= 3 * samples / 4);  // one chunk, many steps
  CHECK(done < 3 * samples);
  const auto report = store.verify();
  CHECK(report.clean());
  CHECK(report.chunk_count >= 3 * 3);  // half of 8 nodes, less the one that was not finished
  CHECK(report.chunk_count < 3 * 8);
  CHECK(store.labels(world.graph).empty());
  CHECK(update_store(exec::sequential{}, store, models, world.samples, world.graph).labelled.size() == 3);
  CHECK(same_labels(store.labels(world.graph), expected));
  for (const std::size_t count : ran) CHECK(count <= samples + 2 + 5);  // a batch and a node again
}

TEST_CASE("a failing model does not affect the others") {
  const detail::temporary_folder scratch;
  const test::store_world world{3, 3, 2};
  auto store = world.make_store(scratch.path() / "hub.mll");
  hub<int> models;
  for (const char* name : {"m0", "m1", "m2"}) {
    if (std::string{name} == "m1") {
      models.add(name, callable_classifier<int>{world.stored(name).heads, [](std::span<const int> batch) {
                                                  return matrix<float>{matrix<float>::Constant(
                                                      static_cast<Eigen::Index>(batch.size()), 2, 7.0F)};
                                                }});
    } else {
      models.add(name, world.models.model(*world.models.find(name)));
    }
  }
  const auto done = update_store(exec::sequential{}, store, models, world.samples, world.graph);
  CHECK(done.labelled == std::vector<std::string>{"m0", "m2"});
  REQUIRE(done.failures.size() == 1);
  CHECK(done.failures[0].model == store.models()[1].id);
  CHECK(store.labels(world.graph).models().size() == 2);
}

TEST_CASE("samples and models that do not match the store are refused") {
  const detail::temporary_folder scratch;
  const test::store_world world{2, 3, 2};
  auto store = world.make_store(scratch.path() / "hub.mll");
  const test::store_world wider{2, 4, 2};
  CHECK_THROWS_WITH_AS(update_store(exec::sequential{}, store, wider.models, wider.samples, wider.graph),
                       doctest::Contains("samples"), invalid_argument);
  const test::store_world others{2, 3, 2, 9};
  CHECK_THROWS_WITH_AS(update_store(exec::sequential{}, store, others.models, world.samples, world.graph),
                       doctest::Contains("'m0'"), invalid_argument);
  CHECK_THROWS_AS(
      update_store(exec::sequential{}, store, world.models, world.samples, world.graph, {.chunk_samples = 0}),
      invalid_argument);
  CHECK_THROWS_AS(update_store(exec::sequential{}, store, world.models, world.samples, world.graph,
                               {.models_at_a_time = 0}),
                  invalid_argument);
}

TEST_CASE("a model that is replaced while it is labelled gets no label of the old one") {
  const detail::temporary_folder scratch;
  const test::store_world world{2, 6, 2};
  auto store = world.make_store(scratch.path() / "hub.mll");
  auto other = hub_store::open(scratch.path() / "hub.mll");
  std::size_t steps = 0;
  const auto exchange = [&](const progress&) {
    if (++steps != 3) return;
    auto changed = other.models()[0];
    changed.fingerprint = "2";
    other.update_model("m0", changed);
  };
  try {
    update_store(exec::sequential{}, store, world.models, world.samples, world.graph,
                 {.labelling = {.observer = exchange}, .chunk_samples = 2});
    FAIL("nothing was thrown");
  } catch (const store_error& thrown) {
    CHECK(thrown.code() == store_errc::changed);
  }
  CHECK(store.models()[0].state == label_state::stale);
  CHECK(update_store(exec::sequential{}, store, world.models, world.samples, world.graph).labelled.size() ==
        2);
  CHECK(same_labels(store.labels(world.graph), world.labels()));
}
