// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/numerics.hpp"
#include "mll/core/text/fold_case.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/graph/ancestor_table.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/graph/similarity.hpp"
#include "mll/label/evidence.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/match/match_options.hpp"
#include "mll/match/senses/detail/choose_senses.hpp"
#include "mll/match/task/task_match.hpp"

namespace mll::detail {

/// The preference for each candidate of a class, independent of the other classes.
MLL_LOCAL std::vector<double> weigh_candidates(class_match& found, std::string_view name,
                                               const semantic_nodes& graph, const sample_layout& samples,
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
MLL_LOCAL std::vector<weighted_node> nearest_sampled_nodes(const semantic_nodes& graph,
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
MLL_LOCAL void assign_sense(class_match& found, const std::vector<double>& score, const semantic_nodes& graph,
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
MLL_LOCAL std::vector<std::size_t> in_order_of_meaning(std::span<const class_match> classes,
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
MLL_LOCAL bool choose_together(exec::backend_ref backend, std::span<class_match> classes,
                               std::span<const std::string> names, const semantic_nodes& graph,
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

}  // namespace mll::detail
