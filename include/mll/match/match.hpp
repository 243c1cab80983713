// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/numerics.hpp"
#include "mll/core/text/fold_case.hpp"
#include "mll/embed/detail/embed_each.hpp"
#include "mll/embed/semantic_index.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/detail/missing_backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/graph/ancestor_table.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/similarity.hpp"
#include "mll/label/evidence.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/match/captions/detail/caption_overlap.hpp"
#include "mll/match/match_options.hpp"
#include "mll/match/senses/detail/choose_senses.hpp"
#include "mll/match/senses/detail/class_candidates.hpp"
#include "mll/match/task/task_match.hpp"

namespace mll {

namespace detail {

/// The preference for each candidate of a class, independent of the other classes.
template <semantic_graph Graph>
std::vector<double> weigh_candidates(class_match& found, std::string_view name,
                                     const semantic_dag<Graph>& graph, const sample_layout& samples,
                                     const match_options& options) {
  const bool common = !has_capital(name);
  const bool counted = std::any_of(found.candidates.begin(), found.candidates.end(),
                                   [](const sense_candidate& c) { return c.frequency > 0; });
  std::vector<double> out;
  for (sense_candidate& candidate : found.candidates) {
    candidate.sample_count = 0;
    for (const weighted_node& source : evidence_nodes(graph, samples, candidate.node, options.evidence)) {
      candidate.sample_count += samples.rows(source.node).count;
    }
    const std::size_t domain = graph[candidate.node].domain;
    double u = counted ? options.frequency_weight * std::log1p(static_cast<double>(candidate.frequency))
                       : -options.rank_weight * std::log(static_cast<double>(candidate.rank));
    u -= options.position_weight * std::log(static_cast<double>(candidate.position));
    if (common && candidate.kind != match_kind::semantic) {
      const auto& words = graph[candidate.node].lemmas;
      if (candidate.position <= words.size() && has_capital(words[candidate.position - 1].text))
        u -= options.proper_weight;
    }
    if (domain < options.domain_preference.size()) u += options.domain_preference[domain];
    if (candidate.sample_count > 0) u += options.sample_weight;
    if (samples.contains(candidate.node)) u += options.own_sample_weight;
    if (candidate.kind == match_kind::whole) u -= options.part_weight;
    out.push_back(u + options.meaning_weight * candidate.similarity +
                  options.caption_weight * candidate.caption_overlap);
  }
  return out;
}

/// The sampled nodes most similar to v, in increasing id; of equals the lower id.
template <semantic_graph Graph>
std::vector<weighted_node> nearest_sampled_nodes(const semantic_dag<Graph>& graph,
                                                 const ancestor_table& ancestors,
                                                 const sample_layout& samples, node_id v,
                                                 const match_options& options) {
  std::vector<weighted_node> all;
  for (const node_id u : samples.nodes()) {
    const double similarity = wu_palmer_similarity(graph, ancestors, v, u);
    if (similarity > 0) all.push_back({u, similarity});
  }
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(options.neighbours, all.size()));
  std::partial_sort(all.begin(), end, all.end(), [](const weighted_node& a, const weighted_node& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.node < b.node;
  });
  all.erase(end, all.end());
  for (weighted_node& near : all) near.weight *= options.neighbour_discount;
  std::sort(all.begin(), all.end(),
            [](const weighted_node& a, const weighted_node& b) { return a.node < b.node; });
  return all;
}

/// Assigns the sense with the largest score to a class, and its samples.
template <semantic_graph Graph>
void assign_sense(class_match& found, const std::vector<double>& score, const semantic_dag<Graph>& graph,
                  const ancestor_table& ancestors, const sample_layout& samples,
                  const match_options& options) {
  if (found.candidates.empty()) return;
  std::vector<double> probability = score;
  numerics::softmax(std::span{probability});
  for (std::size_t a = 0; a < probability.size(); ++a) found.candidates[a].probability = probability[a];
  std::stable_sort(
      found.candidates.begin(), found.candidates.end(),
      [](const sense_candidate& a, const sense_candidate& b) { return a.probability > b.probability; });
  found.node = found.candidates.front().node;
  found.evidence = evidence_nodes(graph, samples, found.node, options.evidence);
  found.sample_count = found.candidates.front().sample_count;
  found.coverage = samples.contains(found.node) ? coverage::own_samples : coverage::descendant_samples;
  if (found.sample_count != 0) return;
  found.evidence = nearest_sampled_nodes(graph, ancestors, samples, found.node, options);
  for (const weighted_node& source : found.evidence) found.sample_count += samples.rows(source.node).count;
  found.coverage = found.sample_count != 0 ? coverage::neighbour_samples : coverage::no_samples;
}

/// The classes ordered by their candidates, so that the result does not depend on the order of the task.
template <class Match>
std::vector<std::size_t> in_order_of_meaning(std::span<Match> classes,
                                             const std::vector<std::vector<double>>& preference) {
  std::vector<std::size_t> order(classes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) {
    const auto& a = classes[x].candidates;
    const auto& b = classes[y].candidates;
    const auto before = [](const sense_candidate& c, const sense_candidate& d) { return c.node < d.node; };
    if (std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), before)) return true;
    if (std::lexicographical_compare(b.begin(), b.end(), a.begin(), a.end(), before)) return false;
    return preference[x] < preference[y];
  });
  return order;
}

/// Chooses the senses of all classes jointly, from their candidates.
/// @return whether the choice is proved best
template <semantic_graph Graph>
bool choose_together(exec::backend_ref backend, std::span<class_match> classes,
                     std::span<const std::string> names, const semantic_dag<Graph>& graph,
                     const information_content& content, const sample_layout& samples,
                     const match_options& options) {
  std::vector<std::vector<double>> preference(classes.size());
  exec::for_each_index(backend, classes.size(), [&](std::size_t y) {
    auto& candidates = classes[y].candidates;
    std::sort(candidates.begin(), candidates.end(), [](const sense_candidate& a, const sense_candidate& b) {
      return std::pair{a.rank, a.node} < std::pair{b.rank, b.node};
    });
    preference[y] = weigh_candidates(classes[y], names[y], graph, samples, options);
  });
  const auto order = in_order_of_meaning(classes, preference);
  std::vector<std::vector<double>> ordered;
  double others = -1;
  for (const std::size_t y : order) {
    if (!preference[y].empty()) ++others;
    ordered.push_back(preference[y]);
  }
  sense_solver solver{std::move(ordered)};
  exec::for_each_index(backend, order.size(), [&](std::size_t i) {
    const auto& here = classes[order[i]].candidates;
    for (std::size_t j = i + 1; j < order.size(); ++j) {
      const auto& there = classes[order[j]].candidates;
      for (std::size_t a = 0; a < here.size(); ++a) {
        for (std::size_t b = 0; b < there.size(); ++b) {
          const node_id v = here[a].node;
          const node_id w = there[b].node;
          const double like = v == w ? 0
                                     : options.coherence_weight * lin_similarity(content, v, w) +
                                           (graph[v].domain == graph[w].domain ? options.domain_weight : 0);
          solver.set_affinity(i, a, j, b, like / others - (v == w ? options.repeat_weight : 0));
        }
      }
    }
  });
  const sense_choice choice = solver.solve(options.search_limit);
  exec::for_each_index(backend, order.size(), [&](std::size_t i) {
    std::vector<double> score;
    for (std::size_t a = 0; a < classes[order[i]].candidates.size(); ++a)
      score.push_back(solver.value_given(i, a, choice.chosen));
    assign_sense(classes[order[i]], score, graph, content.ancestors(), samples, options);
  });
  return choice.exact;
}

/// Reads the names, lets `compare(class, its match)` add similarities and candidates, and chooses senses.
template <semantic_graph Graph, class Compare>
task_match match_by(exec::backend_ref backend, const task& task, const semantic_dag<Graph>& graph,
                    const sample_layout& samples, const match_options& options, const Compare& compare) {
  samples.require_graph("samples", graph);
  if (options.content != nullptr && options.content->graph() != graph.fingerprint())
    throw invalid_argument{"options.content", "the content of this graph", "that of another graph"};
  task_match out{task, std::vector<class_match>(task.size())};
  out.graph = graph.fingerprint();
  std::optional<information_content> own;
  const information_content& content = options.content != nullptr ? *options.content : own.emplace(graph);
  std::vector<std::string> names(task.size());
  std::vector<std::string> captions(task.size());
  exec::for_each_index(backend, task.size(), [&](std::size_t y) {
    const auto& [name, caption] = task[class_id{y}];
    name_reading reading = read_class_name(graph, content.ancestors(), name, task.normal_name(class_id{y}));
    out.classes[y].candidates = std::move(reading.candidates);
    out.classes[y].suggestions = std::move(reading.suggestions);
    names[y] = std::move(reading.name);
    captions[y] = reading.qualifier + caption;
    compare(class_id{y}, out.classes[y]);
  });
  std::vector<std::vector<node_id>> nodes(task.size());
  for (std::size_t y = 0; y < task.size(); ++y) {
    for (const sense_candidate& candidate : out.classes[y].candidates) nodes[y].push_back(candidate.node);
  }
  const auto overlap = caption_overlap(graph, content.ancestors(), std::span<const std::string>{names},
                                       std::span<const std::string>{captions}, nodes);
  for (std::size_t y = 0; y < task.size(); ++y) {
    for (std::size_t a = 0; a < nodes[y].size(); ++a)
      out.classes[y].candidates[a].caption_overlap = overlap[y][a];
  }
  out.exact = choose_together(backend, std::span{out.classes}, std::span<const std::string>{names}, graph,
                              content, samples, options);
  note_shared_nodes(std::span{out.classes});
  return out;
}

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
/// node,
///         are reported here; `select` rejects the former unless a general model covers it
///
/// Throws: `invalid_argument` if samples, `options.content` or an index belong to another graph.
/// Complexity: O(words + pairs of candidates), and at most `search_limit` steps. Determinism: independent of
/// the order of the classes and of the backend; ties go to the more common sense, then to the lower node id.
template <semantic_graph Graph>
[[nodiscard]] task_match match(exec::backend_ref backend, const task& task, const semantic_dag<Graph>& graph,
                               const sample_layout& samples, const match_options& options = {}) {
  return detail::match_by(backend, task, graph, samples, options, [](class_id, class_match&) {});
}

/// The matching stage, by words and meaning: as above; in addition, the similarity of a candidate's gloss to
/// name and caption counts, and a name that is not a word of the graph gets the nodes with the most similar
/// texts.
///
/// @param[in] index the texts of the nodes in the space of an embedder, in single or half precision. Half
///                  precision changes a cosine by less than 5e-4
/// Complexity: as above, plus O(nodes dim) per class without a word of the graph.
template <semantic_graph Graph, text_embedder Embedder, class T>
[[nodiscard]] task_match match(exec::backend_ref backend, const task& task, const semantic_dag<Graph>& graph,
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
  return detail::match_by(backend, task, graph, samples, options, [&](class_id y, class_match& found) {
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
  });
}

/// Reports a call without a backend.
template <exec::detail::not_a_backend First, class... Rest>
exec::detail::missing_backend match(const First&, const Rest&...) {
  return exec::detail::report_missing_backend<First>();
}

#if MLL_COMPILED
extern template task_match match(exec::backend_ref, const task&, const semantic_dag<compact_graph>&,
                                 const sample_layout&, const match_options&);
#endif

}  // namespace mll
