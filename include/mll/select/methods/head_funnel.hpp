// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/error.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/select/calibrate/shortlist.hpp"
#include "mll/select/combine/detail/responses_of_shortlist.hpp"
#include "mll/select/combine/greedy_search.hpp"
#include "mll/select/combine/head_pool.hpp"
#include "mll/select/combine/head_search.hpp"
#include "mll/select/combine/objective.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/funnel_stages.hpp"

namespace mll {

namespace detail {

/// Screening and calibration: the heads of each class from which the search chooses. A class without
/// calibrated heads gets its general head, with the mean calibration of the general heads of the other
/// classes.
MLL_DECLARE [[nodiscard]] std::vector<std::vector<shortlisted_head>> funnel_shortlist(
    exec::backend_ref backend, const task_evidence& evidence, std::size_t screened,
    const shortlist_options& options, const funnel_stages* stages);

/// The ensemble of the picked heads, with equal weights per class and the best temperature.
MLL_DECLARE [[nodiscard]] ensemble ensemble_of_picks(exec::backend_ref backend, const task_evidence& evidence,
                                                     const std::vector<std::vector<shortlisted_head>>& lists,
                                                     const head_pool& pool,
                                                     const std::vector<std::vector<head_pick>>& picks);
/// The same, of stages that have searched without a pool: reads the responses of the picked heads only.
MLL_DECLARE [[nodiscard]] ensemble ensemble_of_picks(exec::backend_ref backend, const task_evidence& evidence,
                                                     const std::vector<std::vector<shortlisted_head>>& lists,
                                                     std::vector<std::vector<head_pick>> picks);

}  // namespace detail

/// CHCO with a budget of heads per class, in three stages: screening of the whole hub by node statistics
/// (`screen`), calibration of the screened heads (`shortlist`), joint search over the calibrated heads
/// (`head_search`). Only screening visits all heads; responses are read for screened heads only.
///
/// The score of a class is the mean of the calibrated log-odds of its heads (slopes are positive), times one
/// temperature for all classes. General heads compete with the heads of the hub. A class without samples gets
/// its general head only, with the mean calibration of the other classes' general heads.
///
/// @code
/// const mll::task_evidence evidence{labels, match};
/// const mll::head_funnel<mll::macro_accuracy> funnel{.count = 5, .screened = 128};
/// const mll::ensemble fitted = funnel(backend, evidence);
/// @endcode
///
/// @tparam Objective models `selection_objective`
/// @tparam Search    models `head_search`
template <selection_objective Objective = log_likelihood, head_search Search = greedy_search>
struct head_funnel {
  std::size_t count = 3;                ///< heads per class
  std::size_t screened = 64;            ///< heads per class after screening
  shortlist_options shortlisting = {};  ///< heads per class after calibration, its samples and prior
  Search search = {};
  const funnel_stages* stages = nullptr;  ///< stages of this hub that run elsewhere; null: the backend

  /// Throws: `invalid_argument` if a count of the options is 0, or the stages are of another hub.
  /// Complexity: that of `screen`, `shortlist` and the search.
  [[nodiscard]] ensemble operator()(exec::backend_ref backend, const task_evidence& evidence) const;
};

template <selection_objective Objective, head_search Search>
ensemble head_funnel<Objective, Search>::operator()(exec::backend_ref backend,
                                                    const task_evidence& evidence) const {
  if (count == 0) throw invalid_argument{"count", "at least 1 head per class", "0"};
  constexpr bool is_in_stages =
      std::same_as<Objective, log_likelihood> && std::same_as<Search, greedy_search>;
  const auto lists = detail::funnel_shortlist(backend, evidence, screened, shortlisting, stages);
  if constexpr (is_in_stages) {
    if (stages != nullptr) {
      if (auto picks = stages->search_lists(backend, evidence, lists, count, search))
        return detail::ensemble_of_picks(backend, evidence, lists, std::move(*picks));
    }
  }
  const detail::responses_of_shortlist responses{backend, evidence, evidence.plan(), evidence.rows(), lists};
  const head_pool pool = responses.pool(lists, count);
  const auto picks = [&] {
    if constexpr (is_in_stages) {
      if (stages != nullptr) return stages->search(search, pool);
    }
    return search(backend, pool, Objective{});
  };
  return detail::ensemble_of_picks(backend, evidence, lists, pool, picks());
}

}  // namespace mll

#if MLL_COMPILED
extern template struct mll::head_funnel<>;
#else
#include "mll/select/methods/detail/head_funnel.ipp"
#endif
