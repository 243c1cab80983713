// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cmath>
#include <cstddef>
#include <iomanip>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/label/evidence.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/select/estimate/accuracy_estimate.hpp"
#include "mll/select/selection.hpp"

namespace mll {

namespace detail {

/// How a class name was found, after "matched".
inline std::string_view to_words(match_kind kind) {
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
inline std::string to_words(const synset& node) {
  return node.id + (node.lemmas.empty() ? "" : " (" + node.lemmas.front().text + ")");
}

/// `1 sample`, `2 samples`.
inline std::string count_of(std::size_t count, const std::string& thing) {
  return std::to_string(count) + ' ' + thing + (count == 1 ? "" : "s");
}

/// Throws: `invalid_argument` unless a match refers to this graph.
template <semantic_graph Graph>
void require_graph_of(const task_match& match, const semantic_dag<Graph>& graph) {
  if (match.graph != 0 && match.graph != graph.fingerprint())
    throw invalid_argument{"graph", "the graph of the match", "another graph (its fingerprint differs)"};
}

/// Words one letter away from a name.
inline std::string suggestions_in_words(const class_match& found) {
  std::string out;
  for (const std::string& word : found.suggestions)
    out += (out.empty() ? " (did you mean '" : ", '") + word + '\'';
  return out.empty() ? out : out + "?)";
}

/// How many samples a class has, and of which nodes.
template <semantic_graph Graph>
std::string coverage_in_words(const class_match& found, const semantic_dag<Graph>& graph) {
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

/// The expected accuracy with its interval, or why it is unknown: one line.
MLL_DECLARE [[nodiscard]] std::string estimate_in_words(const accuracy_estimate& estimate);
/// What the estimate does not cover: lines for samples from elsewhere and for too little evidence, if any.
MLL_DECLARE [[nodiscard]] std::string limits_in_words(const accuracy_estimate& estimate);

}  // namespace detail

/// A match as text, one line per class: the node, how its name was found, its samples and the nodes that they
/// belong to, and the runner-up sense with the probabilities of both. If the runner-up is at least as
/// probable as `ambiguous`, two more lines show the glosses. A name that is not a word of the graph comes
/// with words one letter away from it; they are suggestions only. A class that shares its node with others
/// says so on a line of its own.
///
/// @param[in] match     the match
/// @param[in] graph     the graph that it refers to
/// @param[in] ambiguous probability from which a runner-up makes a class ambiguous
///
/// Throws: `invalid_argument` if the match refers to another graph.
///
/// @code
/// std::cout << mll::explain(match, graph);
/// //   crane: n02012849 (crane), matched by name; 12 samples; probability 0.75, next n03126707 (crane) 0.25
/// @endcode
template <semantic_graph Graph>
[[nodiscard]] std::string explain(const task_match& match, const semantic_dag<Graph>& graph,
                                  double ambiguous = 0.05) {
  detail::require_graph_of(match, graph);
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::fixed << std::setprecision(2);
  for (std::size_t y = 0; y < match.classes.size(); ++y) {
    const class_match& found = match.classes[y];
    out << "  " << match.task[class_id{y}].name << ": ";
    if (found.coverage == coverage::no_node) {
      out << "no node with this name" << detail::suggestions_in_words(found) << '\n';
      continue;
    }
    const sense_candidate& best = found.candidates.front();
    out << detail::to_words(graph[found.node]) << ", matched " << detail::to_words(best.kind)
        << detail::suggestions_in_words(found) << "; " << detail::coverage_in_words(found, graph);
    if (const sense_candidate* next = found.runner_up()) {
      out << "; probability " << best.probability << ", next " << detail::to_words(graph[next->node]) << ' '
          << next->probability;
      if (next->probability >= ambiguous) {
        out << "\n    chosen: " << graph[found.node].gloss << "\n    next: " << graph[next->node].gloss;
      }
    }
    out << '\n';
    if (!found.same_node_as.empty()) {
      out << "    the same node as";
      for (const class_id other : found.same_node_as)
        out << (other == found.same_node_as.front() ? " '" : ", '") << match.task[other].name << '\'';
      out << ": samples do not tell these classes apart\n";
    }
  }
  if (!match.exact) out << "  the search for senses stopped early: a better joint choice may exist\n";
  return out.str();
}

/// A selection as text: the expected accuracy, and for each class the chosen heads and why.
///
/// @code
/// std::cout << mll::explain(chosen);
/// // method chco: 3 heads of 2 models
/// // expected accuracy 0.812 (95% interval 0.700 to 0.925)
/// //   crane (expected accuracy 0.75)
/// //     'crane' of birds: mean response 0.88 to this class, 0.12 to its strongest rival 'goose'; ...
/// @endcode
MLL_DECLARE [[nodiscard]] std::string explain(const selection& chosen);

#if MLL_COMPILED
extern template std::string explain(const task_match&, const semantic_dag<compact_graph>&, double);
#endif

}  // namespace mll

#if !MLL_COMPILED
#include "mll/report/detail/explain.ipp"
#endif
