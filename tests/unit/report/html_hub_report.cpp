// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/report/html_hub_report.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/report/detail/html_text.hpp"
#include "support/animals.hpp"
#include "support/backends.hpp"
#include "support/complaints.hpp"
#include "support/html_document.hpp"
#include "support/planted_labels.hpp"

namespace {

using mll::test::contains;

std::vector<std::size_t> sampled_animals() {
  std::vector<std::size_t> out(16, 0);
  out[mll::test::bird] = 5;  // with others below it
  out[mll::test::crane_bird] = 12;
  out[mll::test::heron] = 9;
  out[mll::test::bulldozer] = 20;
  out[mll::test::driver_person] = 4;
  return out;
}

mll::model_labels hostile_labels() {
  auto labels = mll::test::plant(sampled_animals(),
                                 {{{mll::test::heron, 4, 0, 1}, {mll::test::bulldozer, 4, 0, 1}},
                                  {{mll::test::crane_bird, 4, 0, 1}}},
                                 3)
                    .labels();
  auto all = labels.release();
  all[0].name = "<script>alert(1)</script>";
  all[0].heads = {"\"heron\" & 'co'", "bull<b>dozer"};
  for (auto& each : all) labels.insert(std::move(each));
  return labels;
}

}  // namespace

TEST_CASE("the report on a hub is a complete document that loads nothing, for any names") {
  const auto graph = mll::test::animals();
  const std::vector<mll::model_facts> facts{
      {.name = "model 1", .parameters = 1234567, .bytes = 2'500'000, .latency = 0.0015, .state = "labelled"},
      {.name = "broken", .heads = 3, .failure = "not a <model> & more"}};
  const std::string page =
      mll::html_hub_report(mll::exec::sequential{}, hostile_labels(), graph, "Zoo <1>", facts);
  CHECK(mll::test::html_fault(page) == "");
  CHECK(contains(page, "<html lang=\"en\">"));
  CHECK(contains(page, "<h1>Zoo &lt;1&gt;</h1>"));
  CHECK(!contains(page, "<script"));
  CHECK(contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
  CHECK(contains(page, "&quot;heron&quot; &amp; &#39;co&#39;"));
  CHECK(contains(page, "bull&lt;b&gt;dozer"));
  CHECK(contains(page, "not a &lt;model&gt; &amp; more"));
  CHECK(contains(page, "<th scope=\"row\">broken</th><td class=\"n\">3</td>"));
  CHECK(contains(page, "1\u202F234\u202F567"));
  CHECK(contains(page, "<td class=\"n\">1.50</td>"));
  CHECK(contains(page, "<dd>50</dd>"));  // samples
  CHECK(contains(page, "role=\"img\" aria-labelledby=\"ring-title ring-text\""));
}

TEST_CASE("the tree of samples has every sampled node as a leaf, and no group of one") {
  const auto graph = mll::test::animals();
  const auto layout = mll::test::layout_of(sampled_animals());
  const auto tree = mll::detail::sample_tree_builder{graph, layout}.build();
  REQUIRE(tree.leaves.size() == 5);
  CHECK(tree.nodes.front().samples == 50);
  std::vector<bool> seen(5, false);
  for (const std::size_t leaf : tree.leaves) {
    seen[tree.nodes[leaf].position] = true;
    CHECK(tree.nodes[leaf].children.empty());
  }
  CHECK(seen == std::vector<bool>(5, true));
  for (const auto& node : tree.nodes) {
    CHECK(node.children.size() != 1);
    std::size_t below = 0;
    for (const std::size_t child : node.children) {
      below += tree.nodes[child].samples;
      CHECK(tree.nodes[child].depth == node.depth + 1);
    }
    if (!node.children.empty()) CHECK(below == node.samples);
  }
}

TEST_CASE("a hub without labels is refused") {
  CHECK_THROWS_AS(static_cast<void>(mll::html_hub_report(mll::exec::sequential{}, mll::model_labels{},
                                                         mll::test::animals(), "none")),
                  mll::invalid_argument);
}

TEST_CASE("numbers do not depend on the locale") {
  CHECK(mll::detail::fixed_number(0.9004, 3) == "0.900");
  CHECK(mll::detail::fixed_number(-0.0001, 2) == "0.00");
  CHECK(mll::detail::fixed_number(-0.5, 1) == "-0.5");
  CHECK(mll::detail::fixed_number(std::nan(""), 1) == "\u2013");
  CHECK(mll::detail::grouped_number(999) == "999");
  CHECK(mll::detail::grouped_number(1000000) == "1\u202F000\u202F000");
}

TEST_CASE("invisible characters in a name are spelled out") {
  CHECK(mll::detail::html_text("a\nb") == "a\\nb");
  CHECK(mll::detail::html_text("\xff<") == "\\xFF&lt;");
  CHECK(mll::detail::html_text("x\u202Ey") == "xU+202Ey");
}
