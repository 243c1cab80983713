// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <map>
#include <mll/mll.hpp>
#include <mll/reuse/shift/learn_shift.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "kit.hpp"
#include "output_distortions.hpp"

namespace accuracy {

/// Embeddings of the texts of pseudo-tasks: word and gloss of the nodes with samples, as the kit has them,
/// and of all nodes above these, for which the mean of those below them has to do.
inline void add_node_texts(const kit& from, const mll::semantic_dag<>& graph,
                           std::span<const mll::node_id> nodes, cached_general& to) {
  std::map<mll::node_id, Eigen::RowVectorXf> sums;
  for (const mll::node_id v : nodes) {
    const Eigen::RowVectorXf text = from.node_text(graph[v].id);
    for (const mll::relative& above : mll::ancestors(graph, v)) {
      const auto [sum, is_new] = sums.try_emplace(above.node, text);
      if (!is_new) sum->second += text;
    }
  }
  for (const mll::node_id v : nodes) sums[v] = from.node_text(graph[v].id);
  for (const auto& [v, sum] : sums) {
    const mll::synset& node = graph[v];
    const std::string word =
        node.lemmas.empty() ? node.id : mll::lexicon::normalize(node.lemmas.front().text);
    (*to.texts)[node.gloss.empty() ? word : word + ": " + node.gloss] = sum.normalized();
  }
}

/// What `learn_shift` learns of a hub of which only outputs are at hand, from noise on them.
/// @param[in] embedded labels of the general model with node texts; null: without
/// Throws: `mll::invalid_argument` if the kit has too few nodes with two samples.
inline mll::shift_fit learn_output_shift(mll::exec::backend_ref backend, const kit& from,
                                         const mll::hub<cached_sample>& hub, const cached_general& general,
                                         const mll::general_model_labels* embedded,
                                         const mll::representation_table<cached_sample>& samples,
                                         const mll::model_labels& labels, const mll::semantic_dag<>& graph,
                                         std::size_t experts) {
  const auto distortions =
      output_distortions(from.widths(), embedded == nullptr ? 0 : embedded->embeddings.cols());
  const std::span<const mll::distortion<cached_sample>> all{distortions};
  mll::learn_shift_options options;
  options.labels = &labels;
  options.method = {.budget = mll::experts{experts}};
  if (embedded == nullptr) return mll::learn_shift(backend, hub, samples, graph, all, options);
  options.general = embedded;
  cached_general texts = general;
  texts.texts = std::make_shared<std::unordered_map<std::string, Eigen::RowVectorXf>>();
  add_node_texts(from, graph, labels.samples().nodes(), texts);
  return mll::learn_shift(backend, hub, texts, samples, graph, all, options);
}

}  // namespace accuracy
