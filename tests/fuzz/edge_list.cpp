// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// An edge list, a record separator, and its node table.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "mll/core/error.hpp"
#include "mll/graph/edge_list.hpp"
#include "support/fuzz_input.hpp"

namespace {

using mll::node_id;

std::set<std::pair<std::string, std::string>> edges_of(const mll::semantic_dag<>& graph) {
  std::set<std::pair<std::string, std::string>> out;
  for (std::size_t v = 0; v < graph.size(); ++v) {
    for (const node_id parent : graph.parents(node_id{v}))
      out.emplace(graph[node_id{v}].id, graph[parent].id);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parts = mll::test::fuzz_parts(data, size, 2);
  std::istringstream edges{parts[0]};
  std::istringstream nodes{parts[1]};
  std::optional<mll::semantic_dag<>> graph;
  try {
    graph = mll::read_edge_list(edges, nodes);
  } catch (const mll::parse_error&) {
    return 0;
  }
  for (std::size_t v = 0; v < graph->size(); ++v) {
    mll::test::must_hold(graph->find((*graph)[node_id{v}].id) == node_id{v}, "a node is found by its id");
    for (const auto& word : (*graph)[node_id{v}].lemmas) {
      bool found = false;
      for (const auto& sense : graph->words().senses(word.text)) found = found || sense.node == node_id{v};
      mll::test::must_hold(found, "a node is found by its words");
    }
  }
  const auto written = edges_of(*graph);
  if (written.empty()) return 0;
  std::stringstream again;
  again << "\xEF\xBB\xBF";  // for an id that begins with one
  for (const auto& [child, parent] : written) again << child << '\t' << parent << "\r\n";
  mll::test::must_hold(edges_of(mll::read_edge_list(again)) == written, "edges are read as written");
  return 0;
}
