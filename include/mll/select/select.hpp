// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "mll/core/detail/compiled.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/exec/detail/missing_backend.hpp"
#include "mll/label/source/hub_source.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/profile/hub_profile.hpp"
#include "mll/select/estimate/shift_fit.hpp"
#include "mll/select/evidence/general_heads.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/chco.hpp"
#include "mll/select/methods/detail/method_ref.hpp"
#include "mll/select/methods/selection_method.hpp"
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
  shift_fit shift = {};                    ///< what to expect of samples from elsewhere (`learn_shift`)
  /// Approximate limit of the samples that ensembles are evaluated on, divided evenly among the classes.
  std::size_t max_samples = 25600;
};

namespace detail {

/// The second argument of `select` if it is not a hub.
template <class Hub>
concept not_a_hub = !std::constructible_from<task_evidence, const Hub&, const task_match&>;

/// The part of `select` that does not depend on the type of the method: the ensemble, with reasons, models
/// and estimate.
MLL_DECLARE [[nodiscard]] selection select_erased(exec::backend_ref backend, const task_evidence& evidence,
                                                  const method_ref& method, std::size_t folds,
                                                  std::uint64_t seed, const shift_fit& shift = {});

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
/// general heads); exceptions of the method. Complexity: one fit of the method, and one per fold.
/// Determinism: the same on every backend and thread count; the order of classes and models affects ties
/// only.
template <selection_method Method = chco<>, exec::execution_backend Backend, class Hub>
  requires std::constructible_from<task_evidence, const Hub&, const task_match&>
[[nodiscard]] selection select(const Backend& backend, const Hub& hub, const task_match& match,
                               const select_options<Method>& options = {}) {
  const task_evidence evidence{hub, match, options.general, options.profile, options.max_samples};
  selection out =
      detail::select_erased(backend, evidence, options.method, options.folds, options.seed, options.shift);
  out.method = options.method.name();
  return out;
}

/// Overload that reports a missing backend at compile time.
template <exec::detail::not_a_backend First, class... Rest>
exec::detail::missing_backend select(const First&, const Rest&...) {
  return exec::detail::report_missing_backend<First>();
}
/// Overload that reports what a hub lacks.
template <exec::execution_backend Backend, detail::not_a_hub Hub, class... Rest>
selection select(const Backend& /*backend*/, const Hub& /*hub*/, const task_match& /*match*/,
                 const Rest&... /*options*/) {
  static_assert(hub_source<Hub>, "the second argument must be labels of a hub, or model hub_source");
  return {};
}

}  // namespace mll

#if !MLL_COMPILED
#include "mll/select/detail/select.ipp"
#endif
