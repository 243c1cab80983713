// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/report/html_selection_report.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/animals.hpp"
#include "support/complaints.hpp"
#include "support/html_document.hpp"

namespace {

using mll::node_id;
using mll::test::contains;

mll::selection shown_selection() {
  mll::task_match match{mll::task{{"crane <tall>"}, {"heron"}, {"qwzx & co"}},
                        std::vector<mll::class_match>(3)};
  auto& crane = match.classes[0];
  crane.node = node_id{mll::test::crane_machine};
  crane.candidates = {{.node = crane.node, .probability = 0.75},
                      {.node = node_id{mll::test::crane_bird}, .probability = 0.25}};
  crane.evidence = {{crane.node, 1}};
  crane.sample_count = 12;
  crane.coverage = mll::coverage::own_samples;
  match.classes[1].node = node_id{mll::test::heron};
  match.classes[1].candidates = {{.node = node_id{mll::test::heron}, .probability = 1}};
  match.classes[1].coverage = mll::coverage::no_samples;
  mll::selection out{.match = match, .method = "by hand"};
  out.models = {{mll::model_id{std::size_t{0}}, "tools</title>", {"a", "b"}}};
  out.ensemble.heads = {{mll::model_id{std::size_t{0}}, 1}};
  out.reasons.resize(1);
  out.reasons[0] = {.target = mll::class_id{std::size_t{0}},
                    .head = out.ensemble.heads[0],
                    .model = "tools</title>",
                    .name = "b",
                    .weight = 1,
                    .response = 0.81F,
                    .rival = mll::class_id{std::size_t{1}},
                    .rival_response = 0.27F,
                    .reuse_score = 0.5F,
                    .gain = 0.125F};
  out.estimate =
      mll::accuracy_estimate{.accuracy = 0.8125, .low = 0.7, .high = 0.9, .per_class = {0.75, 0.875, 0}};
  return out;
}

}  // namespace

TEST_CASE("the report on a selection shows the chosen heads and the reasons") {
  const auto graph = mll::test::animals();
  const std::vector<mll::model_facts> facts{
      {.name = "tools</title>", .parameters = 5000, .bytes = 20000, .latency = 0.002}};
  const std::string page = mll::html_selection_report("my <task>", shown_selection(), graph, facts);
  CHECK(mll::test::html_fault(page) == "");
  CHECK(contains(page, "<title>my &lt;task&gt;</title>"));
  CHECK(contains(page, "<h3>crane &lt;tall&gt;</h3>"));
  CHECK(contains(page, "n7 (crane)"));
  CHECK(contains(page, "a machine that lifts &quot;heavy&quot; things"));
  CHECK(contains(page, "Next sense: n3 (crane), probability 0.25: a tall wading bird."));
  CHECK(contains(page, "12 samples"));
  CHECK(contains(page, "no samples at this node or below it"));
  CHECK(contains(page, "no node with this name"));
  CHECK(contains(page, "<td class=\"n\">0.81</td>"));
  CHECK(contains(page, "<td class=\"n\">0.27</td>"));
  CHECK(contains(page, "<td class=\"n\">0.125</td>"));
  CHECK(contains(page, "No head votes for this class."));
  CHECK(contains(page, "Expected accuracy 0.812, 95 % interval 0.700 to 0.900"));
  CHECK(contains(page, "<dd>2.0 ms</dd>"));
  CHECK(contains(page, "0.33"));  // of the rival, relative to the class
}

TEST_CASE("a selection of another graph is refused") {
  auto chosen = shown_selection();
  chosen.match.graph = 1;
  CHECK_THROWS_AS(static_cast<void>(mll::html_selection_report("x", chosen, mll::test::animals())),
                  mll::invalid_argument);
}
