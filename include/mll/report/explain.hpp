// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cmath>
#include <cstddef>
#include <iomanip>
#include <sstream>
#include <string>
#include <string_view>

#include "mll/core/ids.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/label/evidence.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/select/selection.hpp"

namespace mll {

namespace detail {

inline std::string_view to_words(match_kind kind) {
  switch (kind) {
    case match_kind::lemma:
      return "by name";
    case match_kind::inflection:
      return "by base form";
    case match_kind::spelling:
      return "by another spelling";
    case match_kind::apposition:
      return "by its first words, which are of this kind";
    case match_kind::head_noun:
      return "by head noun";
    case match_kind::whole:
      return "as the whole of a part";
    case match_kind::semantic:
      return "by meaning";
  }
  return "";
}

/// A synset as people know it: id and first word.
inline std::string to_words(const synset& node) {
  return node.id + (node.lemmas.empty() ? "" : " (" + node.lemmas.front().text + ")");
}

/// Words one letter from a name.
inline std::string suggestions_in_words(const class_match& found) {
  std::string out;
  for (const std::string& word : found.suggestions)
    out += (out.empty() ? " (did you mean '" : ", '") + word + '\'';
  return out.empty() ? out : out + "?)";
}

/// How many samples speak for a class, and whose they are.
template <semantic_graph Graph>
std::string coverage_in_words(const class_match& found, const semantic_dag<Graph>& graph) {
  if (found.coverage == coverage::no_samples) return ", but no samples at it or below it";
  std::string out = ", " + std::to_string(found.sample_count) + " samples";
  const std::string nodes = std::to_string(found.evidence.size());
  switch (found.coverage) {
    case coverage::own_samples:
      if (found.evidence.size() > 1)
        out += " of it and " + std::to_string(found.evidence.size() - 1) + " narrower nodes";
      break;
    case coverage::descendant_samples:
      out += " of " + nodes + " narrower nodes";
      break;
    default:
      out += " of " + nodes + " similar nodes, for want of any at it or below it:";
      for (const weighted_node& near : found.evidence) {
        out += (near.node == found.evidence.front().node ? " " : ", ") + to_words(graph[near.node]);
      }
  }
  return out;
}

}  // namespace detail

/// What each class of a task was taken to mean, in words, a line a class: node, how it was found, how many
/// samples speak for it, and whose they are where they are not its own; the runner-up sense and its
/// probability where there is one, with the glosses of both on lines of their own where it is at least
/// `ambiguous`. A name that is no word of the graph comes with words that are one letter from it.
///
/// @param[in] ambiguous probability of the runner-up from which on a class counts as ambiguous
template <semantic_graph Graph>
[[nodiscard]] std::string explain(const task_match& match, const semantic_dag<Graph>& graph,
                                  double ambiguous = 0.05) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(2);
  for (std::size_t y = 0; y < match.classes.size(); ++y) {
    const class_match& found = match.classes[y];
    out << "  " << match.task[class_id{y}].name << ": ";
    if (found.coverage == coverage::no_node) {
      out << "no node of the graph has this name" << detail::suggestions_in_words(found) << '\n';
      continue;
    }
    const sense_candidate& best = found.candidates.front();
    out << detail::to_words(graph[found.node]) << ' ' << detail::to_words(best.kind)
        << detail::suggestions_in_words(found) << detail::coverage_in_words(found, graph);
    if (const sense_candidate* next = found.runner_up()) {
      out << "; sense " << best.probability << ", next " << detail::to_words(graph[next->node]) << ' '
          << next->probability;
      if (next->probability >= ambiguous) {
        out << "\n    meant: " << graph[found.node].gloss << "\n    or: " << graph[next->node].gloss;
      }
    }
    out << '\n';
  }
  if (!match.exact) out << "  senses: the best found; others may go together better\n";
  return out.str();
}

/// A selection in words: what accuracy to expect, and for each class which heads were chosen and why.
[[nodiscard]] inline std::string explain(const selection& chosen) {
  std::ostringstream out;
  out << std::fixed;
  out << "method " << chosen.method << ": " << chosen.ensemble.heads.size() << " heads of "
      << chosen.models.size() << " models\n";
  if (chosen.estimate && !std::isnan(chosen.estimate->accuracy)) {
    out << std::setprecision(3) << "expected accuracy " << chosen.estimate->accuracy << " (95 % interval "
        << chosen.estimate->low << " to " << chosen.estimate->high << ")\n";
  }
  std::size_t at = 0;
  for (std::size_t y = 0; y < chosen.ensemble.votes.size(); ++y) {
    out << "  " << chosen.match.task[class_id{y}].name;
    if (chosen.estimate && !std::isnan(chosen.estimate->per_class[y])) {
      out << std::setprecision(2) << " (expected " << chosen.estimate->per_class[y] << ')';
    }
    out << '\n';
    for (; at < chosen.reasons.size() && chosen.reasons[at].target.index() == y; ++at) {
      const head_reason& reason = chosen.reasons[at];
      out << "    '" << reason.name << "' of " << reason.model << std::setprecision(2) << ": answers "
          << reason.response << " to the class, " << reason.rival_response << " to its strongest rival '"
          << chosen.match.task[reason.rival].name << "', reuse score " << reason.reuse_score;
      if (reason.gain > 0) out << std::setprecision(4) << ", gain " << reason.gain;
      out << '\n';
    }
  }
  if (chosen.ensemble.correction)
    out << "  and a linear correction over all " << chosen.ensemble.heads.size() << " heads\n";
  return out.str();
}

}  // namespace mll
