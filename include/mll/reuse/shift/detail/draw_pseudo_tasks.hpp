// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/core/random.hpp"
#include "mll/graph/information_content.hpp"
#include "mll/graph/lexicon.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/graph/similarity.hpp"
#include "mll/label/evidence.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/match/detail/choose_together.hpp"
#include "mll/match/match_options.hpp"
#include "mll/match/task/task.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/reuse/shift/detail/pseudo_hub.hpp"

namespace mll::detail {

/// A number drawn from [0, 1); the same on every platform.
[[nodiscard]] inline double uniform_01(random_engine& engine) {
  return static_cast<double>(engine() >> 11U) * 0x1p-53;
}

/// Draws tasks from nodes with held-out samples. Classes are such nodes, or broader nodes that the sampled
/// nodes below them stand in for; half of the tasks have similar classes. The samples of a class follow
/// from the layout: its own, of descendants, or borrowed, where the node was left out.
template <class = void>  // compiled where it is used
class pseudo_task_source {
 public:
  /// @param[in] tested  nodes with held-out samples
  /// @param[in] samples what is left to learn from
  pseudo_task_source(const semantic_nodes& graph, const information_content& content,
                     std::span<const node_id> tested, const sample_layout& whole,
                     const sample_layout& samples, const match_options& matching)
      : graph_{&graph}, content_{&content}, tested_{tested}, samples_{&samples}, matching_{matching} {
    for (const node_id v : tested) below_.push_back(nodes_below(whole, v));
  }

  /// @return a task of about `classes` classes; none if fewer than two fit
  [[nodiscard]] std::optional<pseudo_task> draw(std::size_t classes, random_engine& engine) const {
    const std::size_t anchor = engine() % tested_.size();
    const bool is_similar = engine() % 2 == 0;
    const double share_left_out = static_cast<double>(engine() % 5) / 4;
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t i = 0; i < tested_.size(); ++i) {
      double key = uniform_01(engine);
      if (is_similar) key -= 2 * lin_similarity(*content_, tested_[anchor], tested_[i]);
      // Which nodes come first decides whether the task lacks samples.
      if (uniform_01(engine) < 0.5)
        key += (samples_->contains(tested_[i]) ? share_left_out : 1 - share_left_out);
      order.emplace_back(key, i);
    }
    std::sort(order.begin(), order.end());
    std::vector<class_match> classes_found;
    std::vector<node_id> tested;
    std::vector<task_class> names;
    std::vector<std::string> normal_names;
    std::vector<std::size_t> chosen;
    for (const auto& [key, i] : order) {
      if (chosen.size() == classes) break;
      if (std::any_of(chosen.begin(), chosen.end(), [&](std::size_t j) { return overlap(i, j); })) continue;
      node_id v = tested_[i];
      if (!samples_->contains(v) && engine() % 2 == 0) v = broader(i, chosen);
      task_class name = named(v);
      std::string normal = lexicon::normalize(name.name);
      if (std::find(normal_names.begin(), normal_names.end(), normal) != normal_names.end()) continue;
      class_match found;
      found.candidates.push_back({.node = v});
      for (const weighted_node& one : evidence_nodes(*graph_, *samples_, v, matching_.evidence))
        found.candidates.front().sample_count += samples_->rows(one.node).count;
      assign_sense(found, {0.0}, *graph_, content_->ancestors(), *samples_, matching_);
      names.push_back(std::move(name));
      normal_names.push_back(std::move(normal));
      chosen.push_back(i);
      classes_found.push_back(std::move(found));
      tested.push_back(tested_[i]);
    }
    if (chosen.size() < 2) return std::nullopt;
    return pseudo_task{.match = {.task = task{std::move(names)},
                                 .classes = std::move(classes_found),
                                 .exact = true,
                                 .graph = graph_->fingerprint()},
                       .tested = std::move(tested)};
  }

 private:
  [[nodiscard]] std::vector<node_id> nodes_below(const sample_layout& samples, node_id v) const {
    std::vector<node_id> out;
    for (const weighted_node& one : evidence_nodes(*graph_, samples, v, {.discount = 0.5}))
      out.push_back(one.node);
    return out;
  }
  // Whether one node is the other or below it.
  [[nodiscard]] bool overlap(std::size_t i, std::size_t j) const {
    return std::binary_search(below_[i].begin(), below_[i].end(), tested_[j]) ||
           std::binary_search(below_[j].begin(), below_[j].end(), tested_[i]);
  }
  // A parent or grandparent with samples below it that is not above another class; else the node itself.
  [[nodiscard]] node_id broader(std::size_t i, const std::vector<std::size_t>& chosen) const {
    std::vector<node_id> level{tested_[i]};
    for (int edges = 0; edges < 2; ++edges) {
      std::vector<node_id> above;
      for (const node_id v : level) {
        for (const node_id parent : graph_->parents(v)) above.push_back(parent);
      }
      for (const node_id v : above) {
        const std::vector<node_id> below = nodes_below(*samples_, v);
        const bool is_above_another = std::any_of(chosen.begin(), chosen.end(), [&](std::size_t j) {
          return std::binary_search(below.begin(), below.end(), tested_[j]);
        });
        if (!below.empty() && below.size() <= 20 && !is_above_another) return v;
      }
      level = std::move(above);
    }
    return tested_[i];
  }
  [[nodiscard]] task_class named(node_id v) const {
    const synset& node = (*graph_)[v];
    return {node.lemmas.empty() ? node.id : lexicon::normalize(node.lemmas.front().text), node.gloss};
  }

  const semantic_nodes* graph_;
  const information_content* content_;
  std::span<const node_id> tested_;
  const sample_layout* samples_;
  match_options matching_;
  std::vector<std::vector<node_id>> below_;  // per tested node, the sampled nodes at it or below it
};

}  // namespace mll::detail
