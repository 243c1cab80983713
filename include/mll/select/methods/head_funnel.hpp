// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/select/calibrate/shortlist.hpp"
#include "mll/select/combine/detail/responses_of_shortlist.hpp"
#include "mll/select/combine/greedy_search.hpp"
#include "mll/select/combine/head_search.hpp"
#include "mll/select/combine/objective.hpp"
#include "mll/select/ensemble/detail/fit_temperature.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/screen/screening.hpp"

namespace mll {

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

  /// Throws: `invalid_argument` if a count of the options is 0.
  /// Complexity: that of `screen`, `shortlist` and the search.
  [[nodiscard]] ensemble operator()(exec::backend_ref backend, const task_evidence& evidence) const {
    if (count == 0) throw invalid_argument{"count", "at least 1 head per class", "0"};
    const detail::calibration_plans plans{evidence.plan_per_class(shortlisting.own_samples),
                                          evidence.plan(shortlisting.all_samples)};
    auto lists = detail::shortlist_planned(backend, evidence, plans, screen(backend, evidence, screened),
                                           shortlisting);
    add_general_heads(backend, evidence, plans, lists);

    const detail::responses_of_shortlist responses{backend, evidence, evidence.plan(), evidence.rows(),
                                                   lists};
    const head_pool pool = responses.pool(lists, count);
    const auto picks = search(backend, pool, Objective{});

    ensemble_builder builder;
    for (std::size_t y = 0; y < picks.size(); ++y) {
      for (const head_pick& pick : picks[y]) {
        const shortlisted_head& head = lists[y][pick.candidate];
        builder.add(
            y, head.position,
            {0, 1.0F / static_cast<float>(picks[y].size()), head.fit.slope, head.fit.intercept, pick.gain});
      }
    }
    ensemble out = builder.finish(evidence);
    if (!evidence.rows().empty()) {
      out.temperature = static_cast<float>(
          detail::best_temperature(backend, detail::scores_of_picks(backend, pool, picks), evidence.rows()));
    }
    return out;
  }

 private:
  // Classes without calibrated heads get their general head, with the mean calibration of the general heads
  // of the other classes.
  void add_general_heads(exec::backend_ref backend, const task_evidence& evidence,
                         const detail::calibration_plans& plans,
                         std::vector<std::vector<shortlisted_head>>& lists) const {
    if (std::none_of(lists.begin(), lists.end(), [](const auto& list) { return list.empty(); })) return;
    std::vector<std::vector<screened_head>> own(lists.size());
    for (std::size_t y = 0; y < lists.size(); ++y) own[y].push_back({evidence.general_position(y), 0});
    calibration mean{0, 0, 0};
    float fitted = 0;
    for (const auto& fits : detail::calibrate_screened(backend, evidence, plans, own, shortlisting.prior)) {
      if (fits.empty()) continue;
      mean.slope += fits[0].fit.slope;
      mean.intercept += fits[0].fit.intercept;
      ++fitted;
    }
    if (fitted > 0) {
      mean.slope = std::max(mean.slope / fitted, 1e-3F);
      mean.intercept /= fitted;
    } else {
      mean.slope = 1;
    }
    for (std::size_t y = 0; y < lists.size(); ++y) {
      if (lists[y].empty()) lists[y].push_back({evidence.general_position(y), mean});
    }
  }
};

}  // namespace mll
