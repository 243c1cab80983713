// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <iomanip>
#include <ios>
#include <locale>
#include <sstream>
#include <string>

#include "mll/core/ids.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/report/detail/words.hpp"
#include "mll/report/explain.hpp"
#include "mll/select/selection.hpp"

namespace mll {

MLL_DEFINE std::string detail::estimate_in_words(const accuracy_estimate& estimate) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::fixed << std::setprecision(3);
  if (!estimate.is_known()) {
    out << "expected accuracy unknown: "
        << (estimate.insufficient.empty() ? "no evidence" : estimate.insufficient) << '\n';
    return out.str();
  }
  out << "expected accuracy " << estimate.accuracy << " ("
      << static_cast<int>(std::lround(100 * estimate.level)) << "% interval " << estimate.low << " to "
      << estimate.high << ")";
  if (estimate.world == sample_world::batch) out << " on samples like the batch";
  out << '\n';
  return out.str();
}

MLL_DEFINE std::string detail::limits_in_words(const accuracy_estimate& estimate) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::fixed << std::setprecision(3);
  if (!std::isnan(estimate.elsewhere.value)) {
    out << "  the expected accuracy is for samples like the representation samples; on samples from "
           "elsewhere perhaps "
        << estimate.elsewhere.value << " (" << estimate.elsewhere.low << " to " << estimate.elsewhere.high
        << "); a batch of them tells\n";
  }
  if (!estimate.caution.empty()) out << "  with caution: " << estimate.caution << '\n';
  return out.str();
}

MLL_DEFINE std::string explain(const task_match& match, const semantic_nodes& graph, double ambiguous) {
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

MLL_DEFINE std::string explain(const selection& chosen) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out << std::fixed;
  out << "method " << chosen.method << ": " << detail::count_of(chosen.ensemble.heads.size(), "head")
      << " of " << detail::count_of(chosen.models.size(), "model") << '\n';
  if (chosen.estimate) out << detail::estimate_in_words(*chosen.estimate);
  std::size_t at = 0;
  for (std::size_t y = 0; y < chosen.ensemble.votes.size(); ++y) {
    out << "  " << chosen.match.task[class_id{y}].name;
    if (chosen.estimate && !std::isnan(chosen.estimate->per_class[y])) {
      out << std::setprecision(2) << " (expected accuracy " << chosen.estimate->per_class[y] << ')';
    }
    out << '\n';
    for (; at < chosen.reasons.size() && chosen.reasons[at].target.index() == y; ++at) {
      const head_reason& reason = chosen.reasons[at];
      out << "    '" << reason.name << "' of " << reason.model << std::setprecision(2) << ": mean response "
          << reason.response << " to this class, " << reason.rival_response << " to its strongest rival '"
          << chosen.match.task[reason.rival].name << "'; reuse score " << reason.reuse_score;
      if (reason.gain > 0) out << std::setprecision(4) << ", gain " << reason.gain;
      out << '\n';
    }
  }
  if (chosen.ensemble.general) out << "  plus a discriminant over the embedding of the general model\n";
  if (chosen.ensemble.correction) {
    out << "  plus a linear correction over all " << detail::count_of(chosen.ensemble.heads.size(), "head")
        << '\n';
  }
  if (chosen.estimate) out << detail::limits_in_words(*chosen.estimate);
  return out.str();
}

}  // namespace mll
