// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/numerics.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/find/detail/concept_evidence.hpp"
#include "mll/find/found_heads.hpp"
#include "mll/graph/hierarchy.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/label/source/head_index.hpp"
#include "mll/match/detail/choose_together.hpp"
#include "mll/match/match_options.hpp"
#include "mll/match/senses/detail/class_candidates.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/profile/match_heads.hpp"

namespace mll {

/// Options of `find`.
struct find_options {
  std::size_t max_heads = 0;  ///< heads returned; 0: all
  bool use_names = true;      ///< whether the names of heads count as evidence
  /// One meaning per head, by `match_heads` or from a `hub_profile`. Empty: made by `find` if names are used.
  std::span<const head_meaning> meanings = {};
  /// Minimum number of samples of the concept for `found_heads::sufficient`.
  std::size_t min_samples = 5;
  match_options matching = {};  ///< how the query and the names of heads are matched
};

namespace detail {

/// Evidence in a head's name, in log-odds: three in four heads that were made for a concept are named after
/// it, and one in three thousand others.
inline constexpr double name_log_odds = 8;

/// How well a head's name matches a node: its confidence, times 0.8 for each edge from the named node up to
/// the node. `hub_profile::name_match` is the same.
template <semantic_graph Graph>
double match_of_name(const semantic_dag<Graph>& graph, const head_meaning& meaning, node_id v) {
  if (!meaning.node.valid()) return 0;
  if (meaning.node == v) return meaning.confidence;
  for (const relative& above : ancestors(graph, meaning.node)) {
    if (above.node == v) return meaning.confidence * std::pow(0.8, static_cast<double>(above.distance));
  }
  return 0;
}

/// The sense of a query, as `match` would choose it for a class without rivals.
template <semantic_graph Graph>
class_match read_query(const semantic_dag<Graph>& graph, const sample_layout& samples, std::string_view query,
                       match_options options) {
  options.neighbours = 0;
  std::optional<information_content> own;
  if (options.content == nullptr) options.content = &own.emplace(graph);
  name_reading reading = read_class_name(graph, options.content->ancestors(), query);
  std::array<class_match, 1> out;
  out[0].candidates = std::move(reading.candidates);
  out[0].suggestions = std::move(reading.suggestions);
  const std::array<std::string, 1> name{std::move(reading.name)};
  choose_together(exec::sequential{}, std::span{out}, std::span<const std::string>{name}, graph,
                  *options.content, samples, options);
  return std::move(out[0]);
}

/// Ranks the heads of a hub for a concept whose sense is known.
template <response_codec Codec, semantic_graph Graph>
found_heads rank_heads(exec::backend_ref backend, const basic_model_labels<Codec>& labels,
                       const semantic_dag<Graph>& graph, class_match meaning, const find_options& options) {
  const sample_layout& samples = labels.samples();
  if (options.use_names && !options.meanings.empty() && options.meanings.size() != labels.head_count())
    throw invalid_argument{"options.meanings", std::to_string(labels.head_count()) + ", one per head",
                           std::to_string(options.meanings.size())};
  found_heads out;
  out.meaning = std::move(meaning);
  if (!out.meaning.node.valid()) return out;
  std::vector<head_meaning> own_meanings;
  std::span<const head_meaning> meanings = options.meanings;
  if (options.use_names && meanings.empty())
    meanings = own_meanings = match_heads(backend, labels, graph, options.matching);
  const concept_samples asked = samples_of_concept(graph, samples, out.meaning.node, out.meaning.evidence);
  out.sufficient =
      out.meaning.sample_count >= std::max<std::size_t>(1, options.min_samples) && !asked.rivals.empty();

  head_index heads;
  for (const auto& label : labels.models()) heads.add(label.model, label.heads.size());
  out.heads.resize(heads.head_count());
  exec::for_each_index(backend, heads.model_count(), [&](std::size_t m) {
    head_responses responses;
    const auto& label = labels.models()[m];
    for (std::size_t h = 0; h < label.heads.size(); ++h) {
      const std::size_t position = heads.first(m) + h;
      responses.read(label, h);
      const concept_evidence evidence = weigh_evidence(asked, samples, responses.bins, responses.means);
      found_head& found = out.heads[position];
      found = {heads.head(position), label.name, label.heads[h]};
      if (options.use_names) found.name_match = match_of_name(graph, meanings[position], out.meaning.node);
      found.probability = numerics::sigmoid(evidence.log_odds + name_log_odds * found.name_match);
      if (asked.own.empty() || asked.rivals.empty()) continue;
      found.auc = evidence.auc;
      found.response = evidence.response;
      found.rival = samples.nodes()[evidence.rival];
      found.rival_response = static_cast<double>(responses.means[evidence.rival]);
    }
  });
  std::stable_sort(out.heads.begin(), out.heads.end(),
                   [](const found_head& a, const found_head& b) { return a.probability > b.probability; });
  if (options.max_heads != 0 && out.heads.size() > options.max_heads) out.heads.resize(options.max_heads);
  return out;
}

}  // namespace detail

/// Which heads of a hub know a concept? Ranks all heads for one node, without the rivals of a task: by how
/// well their responses set samples of the concept (and of narrower nodes, discounted) apart from those of
/// every other node, and by their names.
///
/// Probabilities are calibrated on the heads of two hubs of images: of the heads with probability p, about a
/// share p was made for the concept. If there are fewer than `min_samples` samples of the concept,
/// `sufficient` is false: the ranking then rests on names and chance.
///
/// @param[in] backend where to run; over the models
/// @param[in] labels  labels of the hub
/// @param[in] graph   the SDAG of the labels
/// @param[in] query   name of the concept, or a synset id. The likeliest of several senses is used;
///                    `found_heads::meaning` lists them
/// @param[in] options see `find_options`
/// @return heads by decreasing probability; empty if the query is not a word of the graph
///
/// Throws: `invalid_argument` for labels of another graph, or unless there is one meaning per head.
/// Complexity: O(rows heads). Determinism: the same on every backend; ties go to the lower head.
/// @code
/// for (const mll::found_head& each : mll::find(backend, labels, graph, "dog", {.max_heads = 5}).heads)
///   std::cout << each.model << '/' << each.name << ' ' << each.probability << '\n';
/// @endcode
template <response_codec Codec, semantic_graph Graph>
[[nodiscard]] found_heads find(exec::backend_ref backend, const basic_model_labels<Codec>& labels,
                               const semantic_dag<Graph>& graph, std::string_view query,
                               const find_options& options = {}) {
  labels.samples().require_graph("labels", graph);
  return detail::rank_heads(backend, labels, graph,
                            detail::read_query(graph, labels.samples(), query, options.matching), options);
}

/// The same for a node. Throws: `invalid_argument` also if the graph lacks the node.
template <response_codec Codec, semantic_graph Graph>
[[nodiscard]] found_heads find(exec::backend_ref backend, const basic_model_labels<Codec>& labels,
                               const semantic_dag<Graph>& graph, node_id v,
                               const find_options& options = {}) {
  labels.samples().require_graph("labels", graph);
  class_match meaning;
  meaning.evidence = evidence_nodes(graph, labels.samples(), v, options.matching.evidence);
  meaning.node = v;
  for (const weighted_node& source : meaning.evidence)
    meaning.sample_count += labels.samples().rows(source.node).count;
  meaning.candidates.push_back({.node = v, .sample_count = meaning.sample_count, .probability = 1});
  meaning.coverage = meaning.sample_count == 0      ? coverage::no_samples
                     : labels.samples().contains(v) ? coverage::own_samples
                                                    : coverage::descendant_samples;
  return detail::rank_heads(backend, labels, graph, std::move(meaning), options);
}

/// The same on the calling thread.
template <response_codec Codec, semantic_graph Graph>
[[nodiscard]] found_heads find(const basic_model_labels<Codec>& labels, const semantic_dag<Graph>& graph,
                               std::string_view query, const find_options& options = {}) {
  return find(exec::sequential{}, labels, graph, query, options);
}

}  // namespace mll
