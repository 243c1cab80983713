// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/embed/detail/embed_each.hpp"
#include "mll/embed/semantic_index.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/detail/missing_backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/graph/similarity.hpp"
#include "mll/label/evidence.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/match/match_options.hpp"
#include "mll/match/task/task.hpp"
#include "mll/match/task/task_match.hpp"

namespace mll {

namespace detail {

/// What adds similarities and candidates to a class, or nothing. It does not keep the callable alive.
class candidate_visitor {
 public:
  candidate_visitor() = default;
  template <class F>
  explicit candidate_visitor(const F& f) noexcept
      : callable_{&f}, call_{[](const void* callable, class_id y, class_match& found) {
          (*static_cast<const F*>(callable))(y, found);
        }} {}

  void operator()(class_id y, class_match& found) const {
    if (call_ != nullptr) call_(callable_, y, found);
  }

 private:
  const void* callable_ = nullptr;
  void (*call_)(const void*, class_id, class_match&) = nullptr;
};

/// Reads the names, lets `compare(class, its match)` add similarities and candidates, and chooses senses.
MLL_DECLARE task_match match_by(exec::backend_ref backend, const task& task, const semantic_nodes& graph,
                                const sample_layout& samples, const match_options& options,
                                const candidate_visitor& compare);

}  // namespace detail

/// The matching stage, by words: finds the meaning of each class of a task in the graph.
///
/// Candidates of a class are the senses of its name, else of its base forms, else of other spellings, else of
/// its head noun; typing errors lead to suggestions only. The senses of all classes are chosen jointly (see
/// `match_options`); senses with samples, and senses that a caption describes, are preferred.
///
/// @code
/// const auto match = mll::match(backend, task, graph, labels.samples());
/// std::cout << mll::explain(match, graph);
/// @endcode
///
/// @param[in] backend where to run
/// @param[in] task    the class names
/// @param[in] graph   the SDAG
/// @param[in] samples which nodes have representation samples: `labels.samples()`
/// @return meaning and coverage of each class. A class without node or samples, and classes that share a
///         node, are reported here; `select` rejects the former unless a general model covers it
///
/// Throws: `invalid_argument` if samples, `options.content` or an index belong to another graph.
/// Complexity: O(words + pairs of candidates), and at most `search_limit` steps. Determinism: independent of
/// the order of the classes and of the backend; ties go to the more common sense, then to the lower node id.
MLL_DECLARE [[nodiscard]] task_match match(exec::backend_ref backend, const task& task,
                                           const semantic_nodes& graph, const sample_layout& samples,
                                           const match_options& options = {});

/// The matching stage, by words and meaning: as above; in addition, the similarity of a candidate's gloss to
/// name and caption counts, and a name that is not a word of the graph gets the nodes with the most similar
/// texts.
///
/// @param[in] index the texts of the nodes in the space of an embedder, in single or half precision. Half
///                  precision changes a cosine by less than 5e-4
/// Complexity: as above, plus O(nodes dim) per class without a word of the graph.
template <text_embedder Embedder, class T>
[[nodiscard]] task_match match(exec::backend_ref backend, const task& task, const semantic_nodes& graph,
                               const semantic_index<Embedder, T>& index, const sample_layout& samples,
                               const match_options& options = {}) {
  if (index.graph() != graph.fingerprint())
    throw invalid_argument{"index", "an index of this graph", "one of another graph"};
  std::vector<std::string> texts;
  for (std::size_t y = 0; y < task.size(); ++y)
    texts.push_back(task.normal_name(class_id{y}) + ' ' + task[class_id{y}].caption);
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const matrix<float> embedded = index.embedder().embed(std::span<const std::string_view>{views});
  detail::require_finite_rows(embedded, task.size(),
                              [&](std::size_t y) { return "class '" + task[class_id{y}].name + "'"; });
  const auto compare = [&](class_id y, class_match& found) {
    const auto text = embedded.row(static_cast<Eigen::Index>(y.index()));
    for (auto& candidate : found.candidates) candidate.similarity = index.similarity(text, candidate.node);
    if (!found.candidates.empty()) return;
    for (const similar_node& near : index.nearest(text, options.semantic_candidates)) {
      if (near.similarity < options.min_similarity) break;
      found.candidates.push_back({.node = near.node,
                                  .kind = match_kind::semantic,
                                  .rank = found.candidates.size() + 1,
                                  .similarity = near.similarity});
    }
  };
  return detail::match_by(backend, task, graph, samples, options, detail::candidate_visitor{compare});
}

/// Reports a call without a backend.
template <exec::detail::not_a_backend First, class... Rest>
exec::detail::missing_backend match(const First&, const Rest&...) {
  return exec::detail::report_missing_backend<First>();
}

}  // namespace mll

#if !MLL_COMPILED
#include "mll/match/detail/match.ipp"
#endif
