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
#include "mll/match/task_match.hpp"
#include "mll/select/selection.hpp"

namespace mll {

namespace detail {

inline std::string_view to_words(match_kind kind) {
  switch (kind) {
    case match_kind::lemma:
      return "by name";
    case match_kind::inflection:
      return "by base form";
    case match_kind::head_noun:
      return "by head noun";
    case match_kind::semantic:
      return "by meaning";
  }
  return "";
}

/// A synset as people know it: id and first word.
inline std::string to_words(const synset& node) {
  return node.id + (node.lemmas.empty() ? "" : " (" + node.lemmas.front().text + ")");
}

}  // namespace detail

/// What each class of a task was taken to mean, in words, a line a class: node, how it was found, how many
/// samples speak for it, and the runner-up sense where there is one.
template <semantic_graph Graph>
[[nodiscard]] std::string explain(const task_match& match, const semantic_dag<Graph>& graph) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(2);
  for (std::size_t y = 0; y < match.classes.size(); ++y) {
    const class_match& found = match.classes[y];
    out << "  " << match.task[class_id{y}].name << ": ";
    if (found.coverage == coverage::no_node) {
      out << "no node of the graph has this name\n";
      continue;
    }
    const sense_candidate& best = found.candidates.front();
    out << detail::to_words(graph[found.node]) << ' ' << detail::to_words(best.kind);
    if (found.coverage == coverage::no_samples) {
      out << ", but no samples at it or below it";
    } else {
      out << ", " << found.sample_count << " samples";
      if (found.coverage == coverage::own_samples) {
        if (found.evidence.size() > 1) out << " of it and " << found.evidence.size() - 1 << " narrower nodes";
      } else {
        out << " of " << found.evidence.size()
            << (found.coverage == coverage::descendant_samples
                    ? " narrower nodes"
                    : " similar nodes, for want of any at it or below it");
      }
    }
    if (found.candidates.size() > 1) {
      const sense_candidate& next = found.candidates[1];
      out << "; sense " << best.probability << ", next " << detail::to_words(graph[next.node]) << ' '
          << next.probability;
    }
    out << '\n';
  }
  return out.str();
}

/// A selection in words: what accuracy to expect, and for each class which heads were chosen and why.
[[nodiscard]] inline std::string explain(const selection& chosen) {
  std::ostringstream out;
  out << std::fixed;
  out << "method " << chosen.method << ": " << chosen.combination.heads.size() << " heads of "
      << chosen.models.size() << " models\n";
  if (chosen.estimate && !std::isnan(chosen.estimate->accuracy)) {
    out << std::setprecision(3) << "expected accuracy " << chosen.estimate->accuracy << " (95 % interval "
        << chosen.estimate->low << " to " << chosen.estimate->high << ")\n";
  }
  std::size_t at = 0;
  for (std::size_t y = 0; y < chosen.combination.votes.size(); ++y) {
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
  if (chosen.combination.correction)
    out << "  and a linear correction over all " << chosen.combination.heads.size() << " heads\n";
  return out.str();
}

}  // namespace mll
