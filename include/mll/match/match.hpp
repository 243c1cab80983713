// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/matrix.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/graph/ancestor_table.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/graph/similarity.hpp"
#include "mll/label/evidence.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/match/detail/choose_senses.hpp"
#include "mll/match/detail/lexical_senses.hpp"
#include "mll/match/semantic_index.hpp"
#include "mll/match/task_match.hpp"

namespace mll {

/// Options of `match`. Preferences are in units of log-probability.
struct match_options {
  double rank_weight = 1;        ///< cost of a rarer sense: this times log(rank)
  double sample_weight = 6;      ///< preference for a sense with samples at it or below it
  double own_sample_weight = 2;  ///< preference for a sense with samples of its own, on top
  double meaning_weight =
      4;  ///< preference for a gloss like the class text, times the cosine; needs an index
  double coherence_weight =
      6;  ///< preference for senses close to those of the other classes, times their Lin similarity
  double domain_weight =
      1;  ///< preference for senses of the same coarse domain as those of the other classes
  double coherence_share = 0.2;  ///< the closest share of the other classes that counts for coherence
  std::size_t sweeps = 30;       ///< rounds of the collective choice
  std::size_t semantic_candidates =
      5;  ///< nodes taken by meaning for a name that is no word of the graph; needs an index
  double least_similarity = 0.6;  ///< cosine below which a node is not taken by meaning
  /// Nodes with samples that stand in for a class whose node has none at it or below it: so many of the most
  /// similar ones (Wu and Palmer), each weighing as much as it is similar; 0: such a class has no samples.
  std::size_t neighbours = 3;
  /// Information content of the graph's nodes, for the Lin similarity; null: computed for the call. Worth
  /// keeping by those who match many tasks.
  const information_content* content = nullptr;
  evidence_options evidence = {};  ///< how samples of descendants count
};

namespace detail {

template <semantic_graph Graph>
void weigh_candidates(class_match& found, const semantic_dag<Graph>& graph, const sample_layout& samples,
                      const match_options& options, sense_variables& variables) {
  for (sense_candidate& candidate : found.candidates) {
    for (const weighted_node& source : evidence_nodes(graph, samples, candidate.node, options.evidence)) {
      candidate.sample_count += samples.rows(source.node).count;
    }
    variables.preference.push_back(-options.rank_weight * std::log(static_cast<double>(candidate.rank)) +
                                   (candidate.sample_count > 0 ? options.sample_weight : 0) +
                                   (samples.contains(candidate.node) ? options.own_sample_weight : 0) +
                                   options.meaning_weight * candidate.similarity);
  }
}

/// The sampled nodes most like v, in increasing id; of equals the lower id.
template <semantic_graph Graph>
std::vector<weighted_node> nearest_sampled_nodes(const semantic_dag<Graph>& graph,
                                                 const ancestor_table& ancestors,
                                                 const sample_layout& samples, node_id v, std::size_t count) {
  std::vector<weighted_node> all;
  for (const node_id u : samples.nodes()) {
    const double similarity = wu_palmer_similarity(graph, ancestors, v, u);
    if (similarity > 0) all.push_back({u, similarity});
  }
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(count, all.size()));
  std::partial_sort(all.begin(), end, all.end(), [](const weighted_node& a, const weighted_node& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.node < b.node;
  });
  all.erase(end, all.end());
  std::sort(all.begin(), all.end(),
            [](const weighted_node& a, const weighted_node& b) { return a.node < b.node; });
  return all;
}

template <semantic_graph Graph>
void settle(class_match& found, const std::vector<double>& probability, const semantic_dag<Graph>& graph,
            const ancestor_table& ancestors, const sample_layout& samples, const match_options& options) {
  if (found.candidates.empty()) return;
  for (std::size_t a = 0; a < probability.size(); ++a) found.candidates[a].probability = probability[a];
  std::stable_sort(found.candidates.begin(), found.candidates.end(),
                   [](const sense_candidate& a, const sense_candidate& b) {
                     if (a.probability != b.probability) return a.probability > b.probability;
                     return std::pair{a.rank, a.node} < std::pair{b.rank, b.node};
                   });
  found.node = found.candidates.front().node;
  found.evidence = evidence_nodes(graph, samples, found.node, options.evidence);
  found.sample_count = found.candidates.front().sample_count;
  found.coverage = samples.contains(found.node) ? coverage::own_samples : coverage::descendant_samples;
  if (found.sample_count != 0) return;
  found.evidence = nearest_sampled_nodes(graph, ancestors, samples, found.node, options.neighbours);
  for (const weighted_node& source : found.evidence) found.sample_count += samples.rows(source.node).count;
  found.coverage = found.sample_count != 0 ? coverage::neighbour_samples : coverage::no_samples;
}

/// Senses are chosen together once every class has its candidates.
template <exec::execution_backend Backend, semantic_graph Graph>
void choose_together(const Backend& backend, std::span<class_match> classes, const semantic_dag<Graph>& graph,
                     const sample_layout& samples, const match_options& options) {
  std::vector<sense_variables> variables(classes.size());
  exec::for_each_index(backend, classes.size(), [&](std::size_t y) {
    weigh_candidates(classes[y], graph, samples, options, variables[y]);
  });
  std::optional<information_content> own;
  const information_content* content = options.content != nullptr ? options.content : &own.emplace(graph);
  const auto affinity = [&](std::size_t i, std::size_t a, std::size_t j, std::size_t b) {
    const node_id v = classes[i].candidates[a].node;
    const node_id w = classes[j].candidates[b].node;
    return options.coherence_weight * lin_similarity(*content, v, w) +
           (graph[v].domain == graph[w].domain ? options.domain_weight : 0);
  };
  const auto probability = choose_senses(std::span<const sense_variables>{variables}, affinity,
                                         options.coherence_share, options.sweeps);
  exec::for_each_index(backend, classes.size(), [&](std::size_t y) {
    settle(classes[y], probability[y], graph, content->ancestors(), samples, options);
  });
}

}  // namespace detail

/// The matching stage, by words: finds out what each class of a task means in the graph.
///
/// Candidates of a class are the senses of its name, else of its base forms, else of its head noun. The
/// senses of all classes are chosen together (see `match_options`), with a preference for those that have
/// samples.
///
/// @param[in] backend where to run
/// @param[in] task    the class names
/// @param[in] graph   the SDAG
/// @param[in] samples which nodes have representation samples: `labels.samples()`
/// @return meaning and coverage of each class. A class without a node or samples is reported, not refused;
/// `select`
///         refuses it unless a general model can stand in.
///
/// Complexity: O(words + sweeps pairs of candidates). Determinism: the same for every order of the classes
/// and on every backend; ties go to the more common sense, then to the lower node id.
template <exec::execution_backend Backend, semantic_graph Graph>
[[nodiscard]] task_match match(const Backend& backend, const task& task, const semantic_dag<Graph>& graph,
                               const sample_layout& samples, const match_options& options = {}) {
  task_match out{task, std::vector<class_match>(task.size())};
  for (std::size_t y = 0; y < task.size(); ++y) {
    out.classes[y].candidates = detail::lexical_senses(graph.words(), task[class_id{y}].name);
  }
  detail::choose_together(backend, std::span{out.classes}, graph, samples, options);
  return out;
}

/// The matching stage, by words and meaning: as above, and the closeness of a candidate's gloss to the name
/// and caption counts; a name that is no word of the graph takes the nodes with the closest texts.
///
/// @param[in] index the nodes' texts in the space of an embedder
/// Complexity: as above, plus O(nodes dim) for every class without a word of the graph.
template <exec::execution_backend Backend, semantic_graph Graph, text_embedder Embedder>
[[nodiscard]] task_match match(const Backend& backend, const task& task, const semantic_dag<Graph>& graph,
                               const semantic_index<Embedder>& index, const sample_layout& samples,
                               const match_options& options = {}) {
  std::vector<std::string> texts;
  for (const auto& [name, caption] : task.classes())
    texts.push_back(lexicon::normalize(name) + ' ' + caption);
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const matrix<float> embedded = index.embedder().embed(std::span<const std::string_view>{views});

  task_match out{task, std::vector<class_match>(task.size())};
  exec::for_each_index(backend, task.size(), [&](std::size_t y) {
    auto& candidates = out.classes[y].candidates;
    const auto text = embedded.row(static_cast<Eigen::Index>(y));
    candidates = detail::lexical_senses(graph.words(), task[class_id{y}].name);
    for (auto& candidate : candidates) candidate.similarity = index.similarity(text, candidate.node);
    if (!candidates.empty()) return;
    for (const similar_node& near : index.nearest(text, options.semantic_candidates)) {
      if (near.similarity < options.least_similarity) break;
      candidates.push_back({.node = near.node,
                            .kind = match_kind::semantic,
                            .rank = candidates.size() + 1,
                            .similarity = near.similarity});
    }
  });
  detail::choose_together(backend, std::span{out.classes}, graph, samples, options);
  return out;
}

}  // namespace mll
