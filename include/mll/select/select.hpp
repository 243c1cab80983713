// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/detail/missing_backend.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/select/estimate/cross_validation.hpp"
#include "mll/select/evidence/general_heads.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/chco.hpp"
#include "mll/select/methods/selection_method.hpp"
#include "mll/select/screen/screening.hpp"
#include "mll/select/selection.hpp"

namespace mll {

/// Options of `select` that do not depend on the method.
struct select_options {
  const general_heads* general =
      nullptr;  ///< the general model's view of the task, if there is one; see `make_general_heads`
  const hub_profile* profile = nullptr;  ///< what is known about the hub as a whole; see `profile`
  std::size_t folds = 5;                 ///< folds of the accuracy estimate; 0 for no estimate
  std::uint64_t seed = 0;                ///< of the assignment to folds
};

namespace detail {

template <class Backend, class Labels>
std::vector<head_reason> explain_votes(const Backend& backend, const task_evidence<Labels>& evidence,
                                       const ensemble& fitted) {
  const matrix<float> means = evidence.class_means(backend);
  const matrix<float> scores = reuse_scores(means);
  std::vector<head_reason> out;
  for (std::size_t y = 0; y < fitted.votes.size(); ++y) {
    for (const vote& v : fitted.votes[y]) {
      const std::size_t position = evidence.position(fitted.heads[v.head]);
      const auto column = means.col(static_cast<Eigen::Index>(position));
      head_reason reason;
      reason.target = class_id{y};
      reason.head = fitted.heads[v.head];
      std::tie(reason.model, reason.name) = evidence.names(position);
      reason.weight = v.weight;
      reason.gain = v.gain;
      reason.response = column[static_cast<Eigen::Index>(y)];
      reason.reuse_score = scores(static_cast<Eigen::Index>(y), static_cast<Eigen::Index>(position));
      reason.rival_response = -1;
      for (std::size_t c = 0; c < fitted.votes.size(); ++c) {
        if (c != y && column[static_cast<Eigen::Index>(c)] > reason.rival_response) {
          reason.rival = class_id{c};
          reason.rival_response = column[static_cast<Eigen::Index>(c)];
        }
      }
      out.push_back(std::move(reason));
    }
  }
  return out;
}

template <class Labels>
std::vector<selected_model> owners(const Labels& labels, const ensemble& fitted) {
  std::vector<selected_model> out;
  for (const head_id head : fitted.heads) {
    if (!out.empty() && out.back().id == head.model) continue;
    if (!head.model.valid()) {
      out.push_back({head.model, "general model", {}});
    } else {
      const auto* label = labels.find(head.model);
      out.push_back({head.model, label->name, label->heads});
    }
  }
  if (fitted.uses_embeddings() && (out.empty() || out.back().id.valid())) {
    out.push_back({model_id{}, "general model", {}});
  }
  return out;
}

}  // namespace detail

/// The selection stage: from what is known about the hub and what the task means to the heads that answer it.
///
/// @param[in] backend where to run
/// @param[in] labels  labels of the hub
/// @param[in] match   the task, matched to the graph that the labels are about
/// @param[in] method  how to choose and combine: CHCO unless told otherwise; `{.budget = heads_per_class{3}}`
/// sets an option of CHCO
/// @param[in] options patch and estimate
///
/// Throws: `invalid_argument` for labels of no model, for classes without samples (unless there is a patch),
/// and what the method throws for its own options. Complexity: one fit of the method, and one per fold.
/// Determinism: the same on every backend and thread count; the order of the classes or models changes
/// nothing but ties.
template <selection_method Method = chco<>, exec::execution_backend Backend, response_codec Codec>
[[nodiscard]] selection select(const Backend& backend, const basic_model_labels<Codec>& labels,
                               const task_match& match, const Method& method = {},
                               const select_options& options = {}) {
  const task_evidence<basic_model_labels<Codec>> evidence{labels, match, options.general, options.profile};
  selection out{.match = match, .method = method.name(), .ensemble = method(backend, evidence)};
  out.models = detail::owners(labels, out.ensemble);
  out.reasons = detail::explain_votes(backend, evidence, out.ensemble);
  if (options.folds != 0) {
    out.estimate = cross_validate(backend, evidence, method, options.folds, options.seed);
    const auto factor = static_cast<float>(out.estimate->temperature);
    out.ensemble.temperature *= factor;
    if (out.ensemble.correction) out.ensemble.correction->strength *= factor;
  }
  if (options.general != nullptr) {
    out.general_texts = options.general->class_texts();
    out.general_scale = options.general->scale();
  }
  return out;
}

/// Reports a call without a backend.
template <exec::detail::not_a_backend First, class... Rest>
exec::detail::missing_backend select(const First&, const Rest&...) {
  return exec::detail::report_missing_backend<First>();
}

}  // namespace mll
