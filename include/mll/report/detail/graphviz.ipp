// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <iomanip>
#include <locale>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/graph/synset.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/report/detail/dot_quoted.hpp"
#include "mll/report/graphviz.hpp"
#include "mll/select/selection.hpp"

namespace mll {

MLL_DEFINE std::string to_graphviz(const selection& chosen, const semantic_nodes& graph) {
  if (chosen.match.graph != 0 && chosen.match.graph != graph.fingerprint())
    throw invalid_argument{"graph", "the graph of the selection", "another graph (its fingerprint differs)"};
  std::set<node_id> shown;
  std::vector<node_id> open;
  for (const class_match& found : chosen.match.classes) {
    if (found.node.valid()) open.push_back(found.node);
  }
  while (!open.empty()) {
    const node_id v = open.back();
    open.pop_back();
    if (!shown.insert(v).second) continue;
    open.insert(open.end(), graph.parents(v).begin(), graph.parents(v).end());
  }

  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << "digraph mll {\n  rankdir=BT;\n  node [fontname=\"sans-serif\", shape=box, style=rounded];\n";
  for (const node_id v : shown) {
    const synset& node = graph[v];
    out << "  n" << v.value()
        << " [label=" << detail::dot_quoted(node.lemmas.empty() ? node.id : node.lemmas.front().text)
        << ", tooltip=" << detail::dot_quoted(node.id + ": " + node.gloss) << "];\n";
    for (const node_id parent : graph.parents(v))
      out << "  n" << v.value() << " -> n" << parent.value() << ";\n";
  }
  for (std::size_t y = 0; y < chosen.match.classes.size(); ++y) {
    out << "  c" << y << " [shape=ellipse, style=filled, fillcolor=\"#cfe8cf\", label="
        << detail::dot_quoted(chosen.match.task[class_id{y}].name) << "];\n";
    if (const node_id v = chosen.match.classes[y].node; v.valid())
      out << "  c" << y << " -> n" << v.value() << " [style=dashed];\n";
  }
  std::size_t number = 0;
  out << std::fixed << std::setprecision(2);
  for (const head_reason& reason : chosen.reasons) {
    out << "  h" << number << " [shape=note, style=filled, fillcolor=\"#e8e0cf\", label="
        << detail::dot_quoted(reason.name + "\n" + reason.model) << "];\n"
        << "  h" << number << " -> c" << reason.target.value() << " [penwidth=" << 1 + 3 * reason.weight
        << "];\n";
    ++number;
  }
  out << "}\n";
  return out.str();
}

}  // namespace mll
