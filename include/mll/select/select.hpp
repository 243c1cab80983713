// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <concepts>
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
#include "mll/match/task/task_match.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/estimate/cross_validation.hpp"
#include "mll/select/evidence/class_means.hpp"
#include "mll/select/evidence/general_heads.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/chco.hpp"
#include "mll/select/methods/selection_method.hpp"
#include "mll/select/screen/screening.hpp"
#include "mll/select/selection.hpp"

namespace mll {

/// Options of `select`.
///
/// @code
/// mll::select(backend, labels, match, {.method = {.budget = mll::experts{20}}, .profile = &profile});
/// mll::select(backend, labels, match, mll::select_options<mll::ridge_stacking>{.folds = 0});
/// @endcode
///
/// @tparam Method models `selection_method`; `chco` by default
template <selection_method Method = chco<>>
struct select_options {
  Method method = {};                      ///< how heads are selected and combined
  const general_heads* general = nullptr;  ///< heads of a general model (`make_general_heads`), or null
  const hub_profile* profile = nullptr;    ///< profile of the hub (`profile`), or null
  std::size_t folds = 5;                   ///< folds of cross-validation; 0: no estimate
  std::uint64_t seed = 0;                  ///< seed of the assignment to folds
  /// Approximate limit of the samples that ensembles are evaluated on, divided evenly among the classes.
  std::size_t max_samples = 25600;
};

namespace detail {

/// One reason per vote.
inline std::vector<head_reason> reasons_of(const task_evidence& evidence, const ensemble& fitted) {
  const matrix<float> means = class_means_of(evidence, positions_of(evidence, fitted));
  const matrix<float> scores = reuse_scores(means);
  std::vector<head_reason> out;
  for (std::size_t y = 0; y < fitted.votes.size(); ++y) {
    for (const vote& v : fitted.votes[y]) {
      const auto head = static_cast<Eigen::Index>(v.head);
      head_reason reason;
      reason.target = class_id{y};
      reason.head = fitted.heads[v.head];
      std::tie(reason.model, reason.name) = evidence.names(evidence.position(reason.head));
      reason.weight = v.weight;
      reason.gain = v.gain;
      reason.response = means(static_cast<Eigen::Index>(y), head);
      reason.reuse_score = scores(static_cast<Eigen::Index>(y), head);
      reason.rival_response = -1;
      for (std::size_t c = 0; c < fitted.votes.size(); ++c) {
        if (const float here = means(static_cast<Eigen::Index>(c), head);
            c != y && here > reason.rival_response) {
          reason.rival = class_id{c};
          reason.rival_response = here;
        }
      }
      out.push_back(std::move(reason));
    }
  }
  return out;
}

/// The models that own the heads of an ensemble.
inline std::vector<selected_model> owners_of(const task_evidence& evidence, const ensemble& fitted) {
  std::vector<selected_model> out;
  for (const head_id head : fitted.heads) {
    if (!out.empty() && out.back().id == head.model) continue;
    const std::size_t at = evidence.position(head);
    out.push_back({head.model, evidence.names(at).first, evidence.head_names(at)});
  }
  if (fitted.uses_embeddings() && (out.empty() || out.back().id.valid()))
    out.push_back({model_id{}, "general model", {}});
  return out;
}

}  // namespace detail

/// The selection stage: selects and combines the heads of a labelled hub that solve a matched task.
///
/// @code
/// const auto match = mll::match(backend, task, graph, labels.samples());
/// const auto chosen = mll::select(backend, labels, match);
/// std::cout << mll::explain(chosen);
/// const mll::zero_shot_classifier<std::string> classifier{hub, chosen};
/// @endcode
///
/// @tparam Method models `selection_method`
/// @param[in] backend where to run
/// @param[in] hub     labels of the hub (`basic_model_labels`), or any other `hub_source`
/// @param[in] match   the task, matched to the graph that the hub was labelled on
/// @param[in] options method, general heads, profile, estimate
/// @return the ensemble, one reason per vote, the models to run and the accuracy estimate
///
/// Throws: `invalid_argument` for a hub without models and for classes without samples (unless there are
/// general heads); what the method throws. Complexity: one fit of the method, and one per fold. Determinism:
/// the same on every backend and thread count; the order of classes and models affects ties only.
template <selection_method Method = chco<>, exec::execution_backend Backend, class Hub>
  requires std::constructible_from<task_evidence, const Hub&, const task_match&>
[[nodiscard]] selection select(const Backend& backend, const Hub& hub, const task_match& match,
                               const select_options<Method>& options = {}) {
  const task_evidence evidence{hub, match, options.general, options.profile, options.max_samples};
  selection out{
      .match = match, .method = options.method.name(), .ensemble = options.method(backend, evidence)};
  out.models = detail::owners_of(evidence, out.ensemble);
  out.reasons = detail::reasons_of(evidence, out.ensemble);
  if (options.folds != 0) {
    out.estimate = cross_validate(backend, evidence, options.method, options.folds, options.seed);
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

/// Overload that reports a missing backend at compile time.
template <exec::detail::not_a_backend First, class... Rest>
exec::detail::missing_backend select(const First&, const Rest&...) {
  return exec::detail::report_missing_backend<First>();
}

}  // namespace mll
