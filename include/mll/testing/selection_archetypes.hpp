// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/label/source/head_index.hpp"
#include "mll/label/source/hub_source.hpp"
#include "mll/label/source/response_source.hpp"
#include "mll/select/baselines/head_criterion.hpp"
#include "mll/select/combine/head_pool.hpp"
#include "mll/select/combine/head_search.hpp"
#include "mll/select/combine/objective.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/selection_method.hpp"
#include "mll/testing/archetypes.hpp"

namespace mll::testing {

/// The smallest `hub_source`: one model with one head per node, which responds to the samples of its node.
class source_archetype {
 public:
  using codec_type = codec_archetype;

  /// @param[in] nodes   nodes 0, 1, ... of the graph
  /// @param[in] samples of each node
  source_archetype(std::size_t nodes, std::size_t samples) : count_{samples} {
    std::vector<node_id> ids;
    for (std::size_t v = 0; v < nodes; ++v) {
      ids.emplace_back(v);
      names_.push_back("head " + std::to_string(v));
    }
    samples_ = sample_layout{std::move(ids), std::vector<std::size_t>(nodes, samples)};
    heads_.add(model_id{0}, nodes);
  }
  source_archetype(const source_archetype&) = delete;
  source_archetype& operator=(const source_archetype&) = delete;
  ~source_archetype() = default;

  [[nodiscard]] const sample_layout& samples() const { return samples_; }
  [[nodiscard]] const head_index& heads() const { return heads_; }
  [[nodiscard]] convertible_archetype<std::size_t> head_count() const {
    return convertible_archetype{names_.size()};
  }
  [[nodiscard]] convertible_archetype<head_id> head(std::size_t position) const {
    return convertible_archetype{head_id{model_id{0}, static_cast<std::uint32_t>(position)}};
  }
  [[nodiscard]] convertible_archetype<std::string> model_name(std::size_t) const {
    return convertible_archetype{std::string{"archetype"}};
  }
  [[nodiscard]] convertible_archetype<std::span<const std::string>> head_names(std::size_t) const {
    return convertible_archetype{std::span<const std::string>{names_}};
  }
  [[nodiscard]] convertible_archetype<std::size_t> sample_count(std::uint32_t) const {
    return convertible_archetype{count_};
  }
  [[nodiscard]] convertible_archetype<float> mean(std::size_t node, std::size_t position) const {
    return convertible_archetype{response(node, position)};
  }
  void read_means(std::size_t node, std::span<float> out) const {
    for (std::size_t position = 0; position < out.size(); ++position)
      out[position] = response(node, position);
  }
  void read(std::size_t position, std::span<const node_samples> which,
            std::span<codec_archetype::value_type> out) const {
    std::size_t at = 0;
    for (const node_samples& some : which) {
      for (std::uint32_t i = 0; i < some.count; ++i)
        out[at++] = codec_archetype::encode(response(some.node, position));
    }
  }

 private:
  [[nodiscard]] static float response(std::size_t node, std::size_t position) {
    return node == position ? 0.9F : 0.1F;
  }

  std::size_t count_;
  std::vector<std::string> names_;
  sample_layout samples_;
  head_index heads_;
};
static_assert(hub_source<source_archetype>);

/// The smallest `selection_objective`: the distance between the true class and its best rival.
struct objective_archetype {
  [[nodiscard]] static float no_rivals() { return -1e3F; }
  [[nodiscard]] static float add_rival(float summary, float score) { return std::max(summary, score); }
  [[nodiscard]] static float value(float truth, float summary) { return truth - summary; }
};
static_assert(selection_objective<objective_archetype>);

/// The smallest `head_search`: the first candidate of each class.
class search_archetype {
 public:
  explicit search_archetype(int) {}

  template <selection_objective Objective>
  [[nodiscard]] std::vector<std::vector<head_pick>> operator()(exec::backend_ref, const head_pool& pool,
                                                               const Objective&) const {
    return std::vector(pool.candidates.size(), std::vector{head_pick{}});
  }
};
static_assert(head_search<search_archetype>);

/// The smallest `head_criterion`: the response to the first row.
struct criterion_archetype {
  static constexpr const char* name = "criterion_archetype";
  [[nodiscard]] static convertible_archetype<double> measure(const mll::detail::ranked_responses& ranked,
                                                             class_id) {
    return convertible_archetype{static_cast<double>(ranked.at(0))};
  }
};
static_assert(head_criterion<criterion_archetype>);

/// The smallest `selection_method`: the first head for every class.
class method_archetype {
 public:
  explicit method_archetype(int) {}

  [[nodiscard]] convertible_archetype<std::string> name() const {
    return convertible_archetype{std::string{"archetype"}};
  }
  [[nodiscard]] ensemble operator()(exec::backend_ref, const task_evidence& evidence) const {
    ensemble out;
    out.heads = {evidence.heads().front()};
    out.votes.assign(evidence.class_count(), {vote{}});
    return out;
  }
};
static_assert(selection_method<method_archetype>);

}  // namespace mll::testing
