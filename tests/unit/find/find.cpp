// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/find/find.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "support/animals.hpp"
#include "support/backends.hpp"
#include "support/complaints.hpp"
#include "support/planted_labels.hpp"

namespace {

using mll::node_id;
using mll::test::planted_head;

// Samples of five kinds; the goose has two only.
std::vector<std::size_t> zoo_counts() {
  std::vector<std::size_t> out(16, 0);
  for (const std::size_t v : {mll::test::crane_bird, mll::test::heron, mll::test::bulldozer,
                              mll::test::bicycle, mll::test::mouse_animal})
    out[v] = 20;
  out[mll::test::goose] = 2;
  return out;
}

planted_head knows(std::size_t v) {
  return {v, 3, -1, 1};
}

// Two models with heads for single nodes, one head that answers to every bird, and one that knows nothing.
mll::test::planted_task zoo() {
  auto out =
      mll::test::plant(zoo_counts(),
                       {{knows(mll::test::crane_bird), knows(mll::test::heron), knows(mll::test::bulldozer)},
                        {knows(mll::test::bicycle), knows(mll::test::mouse_animal), planted_head{}},
                        {planted_head{}, planted_head{}}},
                       7);
  for (std::size_t r = 0; r < out.truth.size(); ++r) {
    const bool bird = out.truth[r] == mll::test::crane_bird || out.truth[r] == mll::test::heron ||
                      out.truth[r] == mll::test::goose;
    out.responses[2](static_cast<Eigen::Index>(r), 1) =
        (bird ? 0.8F : 0.1F) + 0.001F * static_cast<float>(r % 7);
  }
  return out;
}

mll::model_labels zoo_labels(const std::vector<std::vector<std::string>>& names = {}) {
  auto labels = zoo().labels();
  if (names.empty()) return labels;
  auto all = labels.release();
  for (std::size_t m = 0; m < all.size(); ++m) {
    all[m].heads = names[m];
    labels.insert(std::move(all[m]));
  }
  return labels;
}

const mll::test::small_dag& wild() {
  static const mll::test::small_dag graph = mll::test::animals();
  return graph;
}

bool is_head(const mll::found_head& found, std::size_t model, std::size_t index) {
  return found.head == mll::head_id{mll::model_id{model}, static_cast<std::uint32_t>(index)};
}

}  // namespace

TEST_CASE("the head that was planted for a node is found first, with a probability of its own") {
  const auto labels = zoo_labels();
  struct planted {
    std::size_t node, model, head;
  };
  for (const auto& [node, model, head] : {planted{mll::test::crane_bird, 0, 0},
                                          {mll::test::heron, 0, 1},
                                          {mll::test::bulldozer, 0, 2},
                                          {mll::test::bicycle, 1, 0},
                                          {mll::test::mouse_animal, 1, 1}}) {
    const auto found =
        mll::find(mll::exec::sequential{}, labels, wild(), node_id{node}, {.use_names = false});
    REQUIRE(found.heads.size() == 8);
    CHECK(found.sufficient);
    CHECK(is_head(found.heads[0], model, head));
    CHECK(found.heads[0].probability > 0.5);
    CHECK(found.heads[1].probability < found.heads[0].probability / 2);
    CHECK(std::is_sorted(found.heads.begin(), found.heads.end(),
                         [](const auto& a, const auto& b) { return a.probability > b.probability; }));
  }
}

TEST_CASE("the area under the curve is the share of ordered pairs, node by node") {
  const auto labels = zoo_labels();
  const auto found =
      mll::find(mll::exec::sequential{}, labels, wild(), node_id{mll::test::heron}, {.use_names = false});
  const auto& samples = labels.samples();
  for (const mll::found_head& each : found.heads) {
    const auto& label = *labels.find(each.head.model);
    const auto own = samples.rows(node_id{mll::test::heron});
    double total = 0;
    double worst = 2;
    node_id rival;
    for (const node_id u : samples.nodes()) {
      if (u == node_id{mll::test::heron}) continue;
      const auto rows = samples.rows(u);
      double higher = 0;
      for (std::size_t i = 0; i < own.count; ++i) {
        for (std::size_t j = 0; j < rows.count; ++j) {
          const auto a = label.responses(static_cast<Eigen::Index>(own.first + i), each.head.index);
          const auto b = label.responses(static_cast<Eigen::Index>(rows.first + j), each.head.index);
          higher += a > b ? 1 : a == b ? 0.5 : 0;
        }
      }
      higher /= static_cast<double>(own.count * rows.count);
      total += higher;
      if (higher < worst - 1e-9) {
        worst = higher;
        rival = u;
      }
    }
    CHECK(each.auc == doctest::Approx(total / 5).epsilon(1e-9));
    CHECK(each.response ==
          doctest::Approx(static_cast<double>(label.mean(
              static_cast<Eigen::Index>(samples.position(node_id{mll::test::heron})), each.head.index))));
    CHECK(each.rival == rival);
  }
}

TEST_CASE("a node without samples of its own uses those below it, and its descendants are not rivals") {
  const auto labels = zoo_labels();
  const auto found = mll::find(mll::exec::sequential{}, labels, wild(), "bird", {.use_names = false});
  CHECK(found.meaning.node == node_id{mll::test::bird});
  CHECK(found.meaning.sample_count == 42);
  CHECK(found.meaning.coverage == mll::coverage::descendant_samples);
  CHECK(is_head(found.heads[0], 2, 1));
  CHECK(found.heads[0].auc > 0.99);
  // The head of one bird answers to half of them.
  CHECK(found.heads[0].probability > 2 * found.heads[1].probability);
}

TEST_CASE("a query is read like the name of a class") {
  const auto labels = zoo_labels();
  CHECK(mll::find(labels, wild(), "Herons").meaning.node == node_id{mll::test::heron});
  CHECK(mll::find(labels, wild(), "n4").meaning.node == node_id{mll::test::heron});
  // Of two senses, the one with samples.
  CHECK(mll::find(labels, wild(), "crane").meaning.node == node_id{mll::test::crane_bird});
  const auto unknown = mll::find(labels, wild(), "herom");
  CHECK(!unknown.meaning.node.valid());
  CHECK(!unknown.sufficient);
  CHECK(unknown.heads.empty());
  CHECK(unknown.meaning.suggestions == std::vector<std::string>{"heron"});
}

TEST_CASE("few samples are insufficient evidence; without samples, only names count") {
  const auto labels = zoo_labels({{"a1", "goose", "class_3"}, {"b1", "b2", "machine"}, {"c1", "c2"}});
  const auto few = mll::find(mll::exec::sequential{}, labels, wild(), "goose");
  CHECK(!few.sufficient);
  CHECK(few.meaning.sample_count == 2);
  CHECK(mll::find(mll::exec::sequential{}, labels, wild(), "goose", {.min_samples = 2}).sufficient);
  const auto without = mll::find(mll::exec::sequential{}, labels, wild(), "driver");
  CHECK(!without.sufficient);
  CHECK(without.meaning.coverage == mll::coverage::no_samples);
  for (const auto& each : without.heads) {
    CHECK(!each.rival.valid());
    CHECK(each.probability == without.heads[0].probability);
  }
  CHECK(without.heads[0].probability < 0.2);
}

TEST_CASE("a name is evidence, unless names are not used") {
  const auto labels = zoo_labels({{"a1", "a2", "a3"}, {"heron", "b2", "b3"}, {"c1", "c2"}});
  const auto backend = mll::exec::sequential{};
  const auto probability_of = [](const mll::found_heads& found, std::size_t model, std::size_t head) {
    for (const auto& each : found.heads) {
      if (is_head(each, model, head)) return each.probability;
    }
    return -1.0;
  };
  const auto blind = mll::find(backend, labels, wild(), "heron", {.use_names = false});
  const auto shown = mll::find(backend, labels, wild(), "heron");
  CHECK(is_head(blind.heads[0], 0, 1));
  CHECK(probability_of(blind, 1, 0) < 0.05);
  CHECK(probability_of(shown, 1, 0) > 10 * probability_of(blind, 1, 0));
  CHECK(probability_of(shown, 0, 1) == probability_of(blind, 0, 1));
  // A head for herons is also a head for birds.
  const auto birds = mll::find(backend, labels, wild(), "bird");
  for (const auto& each : birds.heads) CHECK(each.name_match == (is_head(each, 1, 0) ? 0.8 : 0.0));
  const auto given = mll::match_heads(backend, labels, wild());
  CHECK(mll::find(backend, labels, wild(), "heron", {.meanings = given}).heads[0].probability ==
        shown.heads[0].probability);
  CHECK_THROWS_WITH_AS(
      static_cast<void>(mll::find(backend, labels, wild(), "heron", {.meanings = std::span{given}.first(2)})),
      "options.meanings: expected 8, one per head, found 2", mll::invalid_argument);
}

TEST_CASE_TEMPLATE("find is the same on every backend", Backend, MLL_TEST_BACKENDS) {
  const auto labels = zoo_labels();
  const auto expected = mll::find(mll::exec::sequential{}, labels, wild(), "heron");
  const auto found = mll::find(Backend{}, labels, wild(), "heron", {.max_heads = 3});
  REQUIRE(found.heads.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(found.heads[i].head == expected.heads[i].head);
    CHECK(found.heads[i].probability == expected.heads[i].probability);
  }
}
