// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/report/graphviz.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/report/detail/dot_quoted.hpp"
#include "support/animals.hpp"
#include "support/complaints.hpp"
#include "support/planted_labels.hpp"

namespace {

using mll::node_id;
using mll::test::contains;

mll::selection birds_and_machines() {
  mll::task_match match{mll::task{{"crane \"the lifter\""}, {"heron"}, {"qwzx"}},
                        std::vector<mll::class_match>(3)};
  match.classes[0].node = node_id{mll::test::crane_machine};
  match.classes[1].node = node_id{mll::test::heron};
  mll::selection out{.match = match, .method = "by hand"};
  out.reasons.resize(2);
  out.reasons[0].target = mll::class_id{0};
  out.reasons[0].model = "tools\\new";
  out.reasons[0].name = "a \"big\" one";
  out.reasons[0].weight = 1;
  out.reasons[1].target = mll::class_id{1};
  out.reasons[1].model = "birds";
  out.reasons[1].name = "heron";
  out.reasons[1].weight = 0.5F;
  return out;
}

}  // namespace

TEST_CASE("the text has the matched nodes, their ancestors, the classes and the heads, and nothing else") {
  const auto graph = mll::test::animals();
  const std::string text = mll::to_graphviz(birds_and_machines(), graph);
  CHECK(text.starts_with("digraph mll {\n"));
  CHECK(text.ends_with("}\n"));
  for (const std::size_t v : {mll::test::entity, mll::test::animal_node, mll::test::bird, mll::test::heron,
                              mll::test::machine, mll::test::crane_machine}) {
    CHECK(contains(text, "  n" + std::to_string(v) + " ["));
    for (const node_id parent : graph.parents(node_id{v}))
      CHECK(contains(text, "  n" + std::to_string(v) + " -> n" + std::to_string(parent.value()) + ";\n"));
  }
  for (const std::size_t v : {mll::test::crane_bird, mll::test::bulldozer, mll::test::person})
    CHECK(!contains(text, "  n" + std::to_string(v) + " ["));
  CHECK(contains(text, "  c0 -> n7 [style=dashed];\n"));
  CHECK(contains(text, "  c1 -> n4 [style=dashed];\n"));
  CHECK(contains(text, "  c2 ["));
  CHECK(!contains(text, "  c2 -> "));  // the class without a node stands alone
  CHECK(contains(text, "  h0 -> c0 [penwidth=4.00];\n"));
  CHECK(contains(text, "  h1 -> c1 [penwidth=2.50];\n"));
}

TEST_CASE("quotes, backslashes and line ends are escaped") {
  CHECK(mll::detail::dot_quoted("plain") == "\"plain\"");
  CHECK(mll::detail::dot_quoted("a \"b\" \\ c\nd") == "\"a \\\"b\\\" \\\\ c\\nd\"");
  const std::string text = mll::to_graphviz(birds_and_machines(), mll::test::animals());
  CHECK(contains(text, "label=\"crane \\\"the lifter\\\"\""));
  CHECK(contains(text, "label=\"a \\\"big\\\" one\\ntools\\\\new\""));
  CHECK(contains(text, "a machine that lifts \\\"heavy\\\" things"));
}

TEST_CASE("dot accepts the text") {
  if (std::system("dot -V >/dev/null 2>&1") != 0) {
    MESSAGE("skipped: Graphviz is not installed");
    return;
  }
  const mll::detail::temporary_folder folder;
  const auto source = folder.path() / "task.dot";
  const auto drawing = folder.path() / "task.svg";
  std::ofstream{source} << mll::to_graphviz(birds_and_machines(), mll::test::animals());
  const std::string command = "dot -Tsvg \"" + source.string() + "\" > \"" + drawing.string() + "\"";
  CHECK(std::system(command.c_str()) == 0);
  std::ostringstream drawn;
  drawn << std::ifstream{drawing}.rdbuf();
  CHECK(contains(drawn.str(), "<svg"));
  CHECK(contains(drawn.str(), "lifter"));
  CHECK(contains(drawn.str(), "tools\\new"));
}

TEST_CASE("a selection on another graph is refused") {
  mll::selection chosen = birds_and_machines();
  chosen.match.graph = mll::test::animals().fingerprint();
  CHECK_NOTHROW(static_cast<void>(mll::to_graphviz(chosen, mll::test::animals())));
  CHECK_THROWS_WITH_AS(
      static_cast<void>(mll::to_graphviz(chosen, mll::test::make_dag(20, {}))),
      "graph: expected the graph of the selection, found another graph (its fingerprint differs)",
      mll::invalid_argument);
}
