// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <variant>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/error.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/select/calibrate/shortlisted_head.hpp"
#include "mll/select/combine/greedy_search.hpp"
#include "mll/select/combine/objective.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/evidence_strength.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/experts/fit_experts.hpp"
#include "mll/select/experts/fit_heads.hpp"
#include "mll/select/methods/funnel_stages.hpp"
#include "mll/select/methods/head_funnel.hpp"
#include "mll/select/methods/selection_budget.hpp"
#include "mll/select/methods/selection_method.hpp"

namespace mll {

namespace detail {

/// `T::name`, or a placeholder for a type without it.
template <class T>
[[nodiscard]] const char* argument_name() {
  if constexpr (requires {
                  { T::name } -> std::convertible_to<const char*>;
                }) {
    return T::name;
  } else {
    return "unnamed";
  }
}

}  // namespace detail

/// **CHCO**, classification head combination optimisation: selects and combines heads within a budget.
///
/// - `heads_per_class{k}`: at most k heads per class. Joint search over the hub (`head_funnel`); if a profile
///   is given and the evidence is too weak to compare combinations (`evidence_strength` below
///   `min_effective_samples`), the k most relevant heads with a regularised fit (`fit_heads`).
/// - `experts{n}`: at most n experts run, and all of their heads may be used (`fit_experts`). Requires a
///   profile.
/// - `all_experts{}`: as `experts`, without a limit.
///
/// @code
/// auto chosen = mll::select(backend, labels, match);  // 3 heads per class
/// auto profile = mll::profile(backend, labels, graph);
/// auto wider = mll::select(backend, labels, match,
///                          {.method = {.budget = mll::experts{20}}, .profile = &profile});
/// @endcode
///
/// @tparam Objective models `selection_objective`
/// @tparam Search    models `head_search`
template <selection_objective Objective = log_likelihood, head_search Search = greedy_search>
struct chco {
  selection_budget budget = heads_per_class{};
  std::size_t screened = 64;            ///< see `head_funnel`
  shortlist_options shortlisting = {};  ///< see `head_funnel`
  Search search = {};                   ///< see `head_funnel`
  /// Minimum `whole_evidence_strength` for the joint search, if there is a profile.
  double min_effective_samples = 20;
  expert_fit_options combining = {};      ///< for budgets of experts; `experts` is taken from the budget
  const funnel_stages* stages = nullptr;  ///< see `head_funnel`

  /// `chco`, with the objective and the search if they are not the defaults: `chco<macro_accuracy>`.
  [[nodiscard]] static std::string name() {
    constexpr bool has_default_search = std::is_same_v<Search, greedy_search>;
    if (std::is_same_v<Objective, log_likelihood> && has_default_search) return "chco";
    std::string out = std::string{"chco<"} + detail::argument_name<Objective>();
    if (!has_default_search) out += std::string{", "} + detail::argument_name<Search>();
    return out + '>';
  }

  /// Whether this evidence, and each of its subsets, is fitted by the joint search (`head_funnel`).
  [[nodiscard]] bool uses_funnel(const task_evidence& evidence) const {
    return std::holds_alternative<heads_per_class>(budget) &&
           (evidence.profile() == nullptr || whole_evidence_strength(evidence) >= min_effective_samples);
  }

  /// Throws: `invalid_argument` if a count of the options or the budget is 0, or for a budget of experts
  /// without a profile. Complexity: that of `head_funnel`, `fit_heads` or `fit_experts`.
  [[nodiscard]] ensemble operator()(exec::backend_ref backend, const task_evidence& evidence) const;
};

template <selection_objective Objective, head_search Search>
ensemble chco<Objective, Search>::operator()(exec::backend_ref backend, const task_evidence& evidence) const {
  if (const auto* heads = std::get_if<heads_per_class>(&budget)) {
    if (heads->count == 0) throw invalid_argument{"budget", "at least 1 head per class", "0"};
    if (!uses_funnel(evidence)) {
      return detail::with_general_discriminant(backend, evidence,
                                               fit_heads(backend, evidence, {.count = heads->count}),
                                               combining.general_strength);
    }
    return detail::with_general_discriminant(
        backend, evidence,
        head_funnel<Objective, Search>{.count = heads->count,
                                       .screened = screened,
                                       .shortlisting = shortlisting,
                                       .search = search,
                                       .stages = stages}(backend, evidence),
        combining.general_strength);
  }
  expert_fit_options options = combining;
  options.experts = evidence.model_count();
  if (const auto* few = std::get_if<experts>(&budget)) {
    if (few->count == 0) throw invalid_argument{"budget", "at least 1 expert", "0"};
    options.experts = few->count;
  }
  return fit_experts(backend, evidence, options);
}

static_assert(selection_method<chco<>>);

}  // namespace mll

#if MLL_COMPILED
extern template struct mll::chco<>;
#endif
