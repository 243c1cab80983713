// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
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

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/progress.hpp"
#include "mll/core/random.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/label/detail/relayout.hpp"
#include "mll/label/general_model_labels.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/profile/profile.hpp"
#include "mll/reuse/shift/detail/draw_pseudo_tasks.hpp"
#include "mll/reuse/shift/detail/observe_shift.hpp"
#include "mll/reuse/shift/detail/pseudo_hub.hpp"
#include "mll/reuse/shift/observe_pseudo_tasks.hpp"
#include "mll/select/evidence/general_heads.hpp"

namespace mll {

namespace detail {

/// A general model whose samples are embedded already.
struct texts_only {
  using sample_type = int;
  embed_texts_function embed;
  [[nodiscard]] matrix<float> embed_samples(std::span<const int> batch) const {
    return matrix<float>(static_cast<Eigen::Index>(batch.size()), 0);
  }
  [[nodiscard]] matrix<float> embed_texts(std::span<const std::string_view> texts) const {
    return embed(texts);
  }
};

/// The undistorted samples as a first part, and models that all parts have.
MLL_LOCAL distorted_labels with_undistorted(model_labels& labels, const general_model_labels* general,
                                            const distorted_labels& distorted) {
  const sample_layout& tested = distorted.parts.front().labels.samples();
  for (const distorted_labels::part& part : distorted.parts) {
    if (!(part.labels.samples() == tested))
      throw invalid_argument{"distorted", "distortions of the same samples",
                             "other samples in '" + part.distortion + "'"};
  }
  std::vector<model_id> missing;
  for (const auto& label : labels.models()) {
    const bool has_all = std::all_of(distorted.parts.begin(), distorted.parts.end(), [&](const auto& part) {
      const auto* found = part.labels.find(label.model);
      return found != nullptr && found->heads == label.heads;
    });
    if (!has_all) missing.push_back(label.model);
  }
  for (const model_id id : missing) labels.erase(id);
  if (labels.empty())
    throw invalid_argument{"distorted", "responses of models of the labels", "those of others"};
  distorted_labels out;
  out.parts.push_back({"", model_labels{tested}, {}});
  for (const auto& label : labels.models())
    out.parts.front().labels.insert(relayout(label, labels.samples(), tested));
  if (general != nullptr) {
    general_model_labels& first = out.parts.front().general;
    first.embeddings.resize(static_cast<Eigen::Index>(tested.row_count()), general->embeddings.cols());
    for (const node_id v : tested.nodes()) {
      const auto from = labels.samples().rows(v);
      const auto to = tested.rows(v);
      first.embeddings.middleRows(static_cast<Eigen::Index>(to.first), static_cast<Eigen::Index>(to.count)) =
          general->embeddings.middleRows(static_cast<Eigen::Index>(from.first),
                                         static_cast<Eigen::Index>(to.count));
    }
  }
  out.parts.insert(out.parts.end(), distorted.parts.begin(), distorted.parts.end());
  return out;
}

}  // namespace detail

MLL_DEFINE std::vector<shift_observation> observe_pseudo_tasks(exec::backend_ref backend, model_labels labels,
                                                               const distorted_labels& distorted,
                                                               const semantic_nodes& graph,
                                                               const learn_shift_options& options,
                                                               const embed_texts_function& embed) {
  labels.samples().require_graph("labels", graph);
  if (distorted.parts.empty()) throw invalid_argument{"distorted", "at least 1 distortion", "none"};
  if (options.rounds == 0) throw invalid_argument{"options.rounds", "at least 1", "0"};
  if (options.min_classes < 2 || options.max_classes < options.min_classes) {
    throw invalid_argument{
        "options.min_classes", "at least 2, and at most max_classes",
        std::to_string(options.min_classes) + " and " + std::to_string(options.max_classes)};
  }
  const general_model_labels* general = embed ? options.general : nullptr;
  const distorted_labels parts = detail::with_undistorted(labels, general, distorted);
  const sample_layout whole = labels.samples();
  const sample_layout& tested = parts.parts.front().labels.samples();
  if (tested.nodes().size() < 4)
    throw invalid_argument{"samples", "at least 4 nodes with 2 samples",
                           std::to_string(tested.nodes().size())};
  const information_content content{graph};
  match_options matching = options.matching;
  matching.content = &content;

  std::vector<shift_observation> out;
  random_engine engine{options.seed};
  std::vector<node_id> order(tested.nodes().begin(), tested.nodes().end());
  shuffle(std::span{order}, engine);
  std::size_t done = 0;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    std::vector<std::size_t> dropped(whole.nodes().size(), 0);
    for (std::size_t at = 0; at < dropped.size(); ++at) dropped[at] = tested.rows(whole.nodes()[at]).count;
    const std::size_t groups = std::max<std::size_t>(3, options.rounds);
    for (std::size_t i = round; i < order.size(); i += groups) {
      const std::size_t at = whole.position(order[i]);
      dropped[at] = whole.rows_at(at).count;
    }
    detail::pseudo_hub hub;
    hub.labels = detail::without_first(labels, dropped);
    if (general != nullptr)
      hub.general = detail::without_first(*general, whole, hub.labels.samples(), dropped);
    hub.profile = profile(backend, hub.labels, graph,
                          {.general = hub.general ? &*hub.general : nullptr, .matching = matching});
    hub.nameless = hub.profile;
    for (head_meaning& meaning : hub.nameless.meanings) meaning = {};
    const detail::pseudo_task_source<> source{graph,   content, tested.nodes(), whole, hub.labels.samples(),
                                              matching};
    const std::size_t last = options.tasks * (round + 1) / options.rounds;
    for (; done < last; ++done) {
      if (options.labelling.stop.stop_requested()) throw cancelled{"learning was cancelled"};
      const double widest = std::log(static_cast<double>(
          std::clamp(tested.nodes().size() / 2, options.min_classes, options.max_classes)));
      const double narrowest = std::log(static_cast<double>(options.min_classes));
      const double drawn = detail::uniform_01(engine);
      const auto classes =
          static_cast<std::size_t>(std::lround(std::exp(narrowest + drawn * (widest - narrowest))));
      std::optional<detail::pseudo_task> task = source.draw(classes, engine);
      if (task) {
        task->number = done;
        task->is_nameless = done % 2 == 1;
        std::optional<general_heads> heads;
        if (hub.general)
          heads =
              make_general_heads(detail::texts_only{embed}, *hub.general, hub.labels.samples(), task->match);
        detail::observe_shift(backend, hub, *task, heads ? &*heads : nullptr, parts, options.method, out);
      }
      if (options.labelling.observer)
        options.labelling.observer(
            {"pseudo-tasks", "task " + std::to_string(done + 1), done + 1, options.tasks});
    }
  }
  return out;
}

}  // namespace mll
