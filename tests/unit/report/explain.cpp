// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/report/explain.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <limits>
#include <locale>
#include <string>
#include <string_view>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/select/baselines/ridge_stacking.hpp"
#include "mll/select/select.hpp"
#include "support/animals.hpp"
#include "support/complaints.hpp"
#include "support/planted_labels.hpp"

namespace {

using mll::node_id;
using mll::test::contains;

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    REQUIRE(end != std::string::npos);  // every line ends
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

mll::selection two_classes() {
  mll::selection out{.match = mll::test::planted_match(std::vector<std::size_t>{3, 3}), .method = "by hand"};
  out.ensemble.heads = {{mll::model_id{0}, 0}, {mll::model_id{0}, 1}, {mll::model_id{2}, 0}};
  out.ensemble.votes = {{{.head = 0}, {.head = 2}}, {{.head = 1}}};
  out.models = {{mll::model_id{0}, "birds", {"crane", "heron"}}, {mll::model_id{2}, "zoo", {"long legs"}}};
  out.reasons = {{.target = mll::class_id{0},
                  .head = {mll::model_id{0}, 0},
                  .model = "birds",
                  .name = "crane",
                  .weight = 0.5F,
                  .response = 0.875F,
                  .rival = mll::class_id{1},
                  .rival_response = 0.125F,
                  .reuse_score = 0.75F,
                  .gain = 0},
                 {.target = mll::class_id{0},
                  .head = {mll::model_id{2}, 0},
                  .model = "zoo",
                  .name = "long legs",
                  .weight = 0.5F,
                  .response = 0.625F,
                  .rival = mll::class_id{1},
                  .rival_response = 0.5F,
                  .reuse_score = 0.13F,
                  .gain = 0.0625F},
                 {.target = mll::class_id{1},
                  .head = {mll::model_id{0}, 1},
                  .model = "birds",
                  .name = "heron",
                  .weight = 1,
                  .response = 0.9F,
                  .rival = mll::class_id{0},
                  .rival_response = 0.3F,
                  .reuse_score = 0.6F,
                  .gain = 0}};
  out.estimate =
      mll::accuracy_estimate{.accuracy = 0.8125, .low = 0.7, .high = 0.925, .per_class = {0.75, 0.875}};
  return out;
}

}  // namespace

TEST_CASE("explain(match) names the node, how it was found, its samples and the next sense") {
  const auto graph = mll::test::animals();
  mll::task_match match{
      mll::task{{"crane"}, {"geese"}, {"racing bicycle"}, {"qwzx"}, {"machine"}, {"dull thing"}},
      std::vector<mll::class_match>(6)};
  auto& classes = match.classes;
  classes[0] = {{{.node = node_id{mll::test::crane_bird}, .sample_count = 12, .probability = 0.75},
                 {.node = node_id{mll::test::crane_machine}, .probability = 0.25}},
                node_id{mll::test::crane_bird},
                {{node_id{mll::test::crane_bird}, 1}},
                12,
                mll::coverage::own_samples};
  classes[1] = {{{.node = node_id{mll::test::goose}, .kind = mll::match_kind::inflection, .probability = 1}},
                node_id{mll::test::goose},
                {},
                0,
                mll::coverage::no_samples};
  classes[2] = {{{.node = node_id{mll::test::bicycle}, .kind = mll::match_kind::head_noun, .probability = 1}},
                node_id{mll::test::bicycle},
                {{node_id{mll::test::bicycle}, 1}},
                5,
                mll::coverage::own_samples};
  classes[4] = {{{.node = node_id{mll::test::machine}, .probability = 1}},
                node_id{mll::test::machine},
                {{node_id{mll::test::bulldozer}, 0.7}, {node_id{mll::test::bicycle}, 0.7}},
                9,
                mll::coverage::descendant_samples};
  classes[5] = {
      {{.node = node_id{mll::test::bulldozer}, .kind = mll::match_kind::semantic, .probability = 1}},
      node_id{mll::test::bulldozer},
      {{node_id{mll::test::bulldozer}, 1}},
      4,
      mll::coverage::own_samples};
  classes[3].suggestions = {"crane", "goose"};
  const auto found = lines(mll::explain(match, graph, 0.5));
  REQUIRE(found.size() == 6);
  CHECK(found[0] ==
        "  crane: n3 (crane), matched by name; 12 samples; probability 0.75, next n7 (crane) 0.25");
  CHECK(found[1] == "  geese: n5 (goose), matched by its base form; no samples at this node or below it");
  CHECK(found[2] == "  racing bicycle: n9 (bicycle), matched by its head noun; 5 samples");
  CHECK(found[3] == "  qwzx: no node with this name (did you mean 'crane', 'goose'?)");
  CHECK(found[4] == "  machine: n6 (machine), matched by name; 9 samples of 2 narrower nodes");
  CHECK(found[5] == "  dull thing: n8 (bulldozer), matched by meaning; 4 samples");
}

TEST_CASE("explain(match) shows both glosses of an ambiguous name") {
  const auto graph = mll::test::animals();
  mll::task_match match{mll::task{{"crane"}, {"goose"}}, std::vector<mll::class_match>(2)};
  match.classes[0] = {{{.node = node_id{mll::test::crane_bird}, .probability = 0.75},
                       {.node = node_id{mll::test::crane_machine}, .probability = 0.25}},
                      node_id{mll::test::crane_bird},
                      {{node_id{mll::test::heron}, 0.4}, {node_id{mll::test::goose}, 0.4}},
                      7,
                      mll::coverage::neighbour_samples};
  match.exact = false;
  const auto found = lines(mll::explain(match, graph));
  REQUIRE(found.size() == 5);
  CHECK(found[0] ==
        "  crane: n3 (crane), matched by name; 7 samples borrowed from 2 similar nodes (no samples at this "
        "node or below it): n4 (heron), n5 (goose); probability 0.75, next n7 (crane) 0.25");
  CHECK(found[1] == "    chosen: a tall wading bird");
  CHECK(found[2] == "    next: a machine that lifts \"heavy\" things");
  CHECK(contains(found[4], "a better joint choice may exist"));
}

TEST_CASE("a node without words is shown by its id") {
  const auto graph = mll::test::make_dag(2, {{1, 0}});
  mll::task_match match{mll::task{{"a"}, {"b"}}, std::vector<mll::class_match>(2)};
  match.classes[0] = {
      {{.node = node_id{1}, .probability = 1}}, node_id{1}, {{node_id{1}, 1}}, 2, mll::coverage::own_samples};
  CHECK(lines(mll::explain(match, graph))[0] == "  a: s1, matched by name; 2 samples");
}

TEST_CASE("explain(selection) shows the expected accuracy and why each head was chosen") {
  const auto found = lines(mll::explain(two_classes()));
  REQUIRE(found.size() == 7);
  CHECK(found[0] == "method by hand: 3 heads of 2 models");
  CHECK(found[1] == "expected accuracy 0.812 (95% interval 0.700 to 0.925)");
  CHECK(found[2] == "  class 0 (expected accuracy 0.75)");
  CHECK(
      found[3] ==
      "    'crane' of birds: mean response 0.88 to this class, 0.12 to its strongest rival 'class 1'; reuse "
      "score 0.75");
  CHECK(found[4] ==
        "    'long legs' of zoo: mean response 0.62 to this class, 0.50 to its strongest rival 'class 1'; "
        "reuse score 0.13, gain 0.0625");
  CHECK(found[5] == "  class 1 (expected accuracy 0.88)");
  CHECK(contains(
      found[6], "'heron' of birds: mean response 0.90 to this class, 0.30 to its strongest rival 'class 0'"));
}

TEST_CASE("unmeasured values are left out") {
  auto chosen = two_classes();
  chosen.estimate->per_class[1] = std::numeric_limits<double>::quiet_NaN();
  CHECK(lines(mll::explain(chosen))[5] == "  class 1");
  CHECK(!contains(mll::explain(chosen), "nan"));
  chosen.estimate.reset();
  CHECK(!contains(mll::explain(chosen), "expected"));

  chosen = two_classes();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  chosen.estimate = mll::accuracy_estimate{.accuracy = nan, .low = nan, .high = nan, .per_class = {nan, nan}};
  CHECK(!contains(mll::explain(chosen), "nan"));
}

TEST_CASE("explain shows every reason of a real selection") {
  const auto planted = mll::test::plant({9, 9, 9}, mll::test::mixed_hub(3, 3, 3, 1), 501);
  const auto labels = planted.labels();
  const auto chosen = mll::select(mll::exec::sequential{}, labels, planted.match);
  const std::string text = mll::explain(chosen);
  CHECK(contains(text, "method chco"));
  CHECK(contains(text, "expected accuracy"));
  std::size_t shown = 0;
  for (const auto& line : lines(text)) shown += contains(line, "mean response") ? 1 : 0;
  CHECK(shown == chosen.reasons.size());
  for (const auto& reason : chosen.reasons) CHECK(contains(text, "'" + reason.name + "' of " + reason.model));

  const auto stacked = mll::select(mll::exec::sequential{}, labels, planted.match,
                                   mll::select_options<mll::ridge_stacking>{.folds = 0});
  CHECK(contains(mll::explain(stacked), "a linear correction over all 18 heads"));
}

TEST_CASE("explain(match) names classes that share a node, and refuses another graph") {
  const auto graph = mll::test::animals();
  mll::task_match match{mll::task{{"heron"}, {"not a heron"}}, std::vector<mll::class_match>(2)};
  for (std::size_t y = 0; y < 2; ++y) {
    match.classes[y] = {{{.node = node_id{mll::test::heron}, .probability = 1}},
                        node_id{mll::test::heron},
                        {{node_id{mll::test::heron}, 1}},
                        2,
                        mll::coverage::own_samples};
    match.classes[y].same_node_as = {mll::class_id{1 - y}};
  }
  match.graph = graph.fingerprint();
  const auto found = lines(mll::explain(match, graph));
  REQUIRE(found.size() == 4);
  CHECK(found[1] == "    the same node as 'not a heron': samples do not tell these classes apart");
  CHECK(found[3] == "    the same node as 'heron': samples do not tell these classes apart");
  CHECK_THROWS_WITH_AS(
      static_cast<void>(mll::explain(match, mll::test::make_dag(20, {}))),
      "graph: expected the graph of the match, found another graph (its fingerprint differs)",
      mll::invalid_argument);
}

TEST_CASE("explanations do not depend on the global locale") {
  struct grouped : std::numpunct<char> {
    char do_thousands_sep() const override { return '.'; }
    char do_decimal_point() const override { return ','; }
    std::string do_grouping() const override { return "\1"; }
  };
  const std::string expected = mll::explain(two_classes());
  const std::locale before = std::locale::global(std::locale{std::locale::classic(), new grouped});
  const std::string found = mll::explain(two_classes());
  std::locale::global(before);
  CHECK(found == expected);
  CHECK(contains(expected, "0.88"));
}
