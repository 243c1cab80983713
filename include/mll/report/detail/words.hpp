// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/error.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/graph/synset.hpp"
#include "mll/label/evidence.hpp"
#include "mll/match/task/task_match.hpp"

namespace mll::detail {

/// How a class name was found, after "matched".
MLL_LOCAL std::string_view to_words(match_kind kind) {
  switch (kind) {
    case match_kind::lemma:
      return "by name";
    case match_kind::inflection:
      return "by its base form";
    case match_kind::spelling:
      return "by another spelling";
    case match_kind::apposition:
      return "by its first words";
    case match_kind::head_noun:
      return "by its head noun";
    case match_kind::whole:
      return "as the whole that it is a part of";
    case match_kind::semantic:
      return "by meaning";
  }
  return "";
}

/// A synset by id and first word.
MLL_LOCAL std::string to_words(const synset& node) {
  return node.id + (node.lemmas.empty() ? "" : " (" + node.lemmas.front().text + ")");
}

/// `1 sample`, `2 samples`.
MLL_LOCAL std::string count_of(std::size_t count, const std::string& thing) {
  return std::to_string(count) + ' ' + thing + (count == 1 ? "" : "s");
}

/// Throws: `invalid_argument` unless a match refers to this graph.
MLL_LOCAL void require_graph_of(const task_match& match, const semantic_nodes& graph) {
  if (match.graph != 0 && match.graph != graph.fingerprint())
    throw invalid_argument{"graph", "the graph of the match", "another graph (its fingerprint differs)"};
}

/// Words one letter away from a name.
MLL_LOCAL std::string suggestions_in_words(const class_match& found) {
  std::string out;
  for (const std::string& word : found.suggestions)
    out += (out.empty() ? " (did you mean '" : ", '") + word + '\'';
  return out.empty() ? out : out + "?)";
}

/// How many samples a class has, and of which nodes.
MLL_LOCAL std::string coverage_in_words(const class_match& found, const semantic_nodes& graph) {
  if (found.coverage == coverage::no_samples) return "no samples at this node or below it";
  std::string out = count_of(found.sample_count, "sample");
  const std::size_t nodes = found.evidence.size();
  switch (found.coverage) {
    case coverage::own_samples:
      if (nodes > 1) out += " of this node and " + count_of(nodes - 1, "narrower node");
      break;
    case coverage::descendant_samples:
      out += " of " + count_of(nodes, "narrower node");
      break;
    default:
      out += " borrowed from " + count_of(nodes, "similar node") + " (no samples at this node or below it):";
      for (const weighted_node& near : found.evidence) {
        out += (near.node == found.evidence.front().node ? " " : ", ") + to_words(graph[near.node]);
      }
  }
  return out;
}

}  // namespace mll::detail
