// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/report/detail/words.hpp"
#include "mll/report/model_facts.hpp"
#include "mll/select/selection.hpp"

namespace mll {

namespace detail {

/// The senses of a class in words.
struct class_words {
  std::string node;  // first word and id of the chosen sense; empty: no node
  std::string gloss;
  std::string how;        // how the name was found
  std::string coverage;   // its samples
  std::string runner_up;  // first word and id; empty: there is none
  std::string runner_up_gloss;
};

MLL_DECLARE [[nodiscard]] std::string render(const std::string& title, const selection& chosen,
                                             const std::vector<class_words>& words,
                                             std::span<const model_facts> models);

}  // namespace detail

/// A selection as one HTML document: per class the chosen sense with its gloss, the runner-up, the samples
/// that are evidence, and the heads with their responses to the class and to its strongest rival; the
/// expected accuracy with its interval; what it costs to run. It needs no script and loads nothing. Names are
/// escaped.
///
/// @param[in] title  name of the selection
/// @param[in] chosen the selection
/// @param[in] graph  the SDAG that its classes were matched to
/// @param[in] models what is known of models, by name, in any order
///
/// Throws: `invalid_argument` if the classes were matched to another graph. Complexity: linear in the votes.
/// @code
/// std::ofstream{"pets.html"} << mll::html_selection_report("pets", chosen, graph);
/// @endcode
template <semantic_graph Graph>
[[nodiscard]] std::string html_selection_report(const std::string& title, const selection& chosen,
                                                const semantic_dag<Graph>& graph,
                                                std::span<const model_facts> models = {}) {
  detail::require_graph_of(chosen.match, graph);
  std::vector<detail::class_words> words;
  for (const class_match& found : chosen.match.classes) {
    detail::class_words& out = words.emplace_back();
    if (!found.node.valid()) continue;
    out.node = detail::to_words(graph[found.node]);
    out.gloss = graph[found.node].gloss;
    if (!found.candidates.empty()) out.how = detail::to_words(found.candidates.front().kind);
    out.coverage = detail::coverage_in_words(found, graph);
    if (const sense_candidate* next = found.runner_up()) {
      out.runner_up = detail::to_words(graph[next->node]);
      out.runner_up_gloss = graph[next->node].gloss;
    }
  }
  return detail::render(title, chosen, words, models);
}

}  // namespace mll

#if !MLL_COMPILED
#include "mll/report/detail/html_selection_report.ipp"
#endif
