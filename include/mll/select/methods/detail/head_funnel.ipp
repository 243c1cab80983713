// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "mll/select/ensemble/detail/fit_temperature.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/methods/head_funnel.hpp"
#include "mll/select/screen/screening.hpp"

namespace mll {

MLL_DEFINE std::vector<std::vector<shortlisted_head>> detail::funnel_shortlist(
    exec::backend_ref backend, const task_evidence& evidence, std::size_t screened,
    const shortlist_options& options, const funnel_stages* stages) {
  if (stages != nullptr && (stages->head_count() != evidence.hub_head_count() ||
                            stages->node_count() != evidence.samples().nodes().size())) {
    throw invalid_argument{"stages",
                           "the hub of the evidence, with " + std::to_string(evidence.hub_head_count()) +
                               " heads and " + std::to_string(evidence.samples().nodes().size()) + " nodes",
                           std::to_string(stages->head_count()) + " heads and " +
                               std::to_string(stages->node_count()) + " nodes"};
  }
  const calibration_plans plans{evidence.plan_per_class(options.own_samples),
                                evidence.plan(options.all_samples)};
  auto lists = [&] {
    if (stages == nullptr)
      return shortlist_planned(backend, evidence, plans, screen(backend, evidence, screened), options);
    const auto found = [&] {
      auto best =
          evidence.left_out().empty()
              ? std::optional{stages->screen(evidence_of(evidence.match(), evidence.samples()), screened)}
              : stages->screen_subset(backend, evidence, screened);
      return best ? with_general_heads(backend, evidence, std::move(*best), screened)
                  : screen(backend, evidence, screened);
    }();
    return stages->shortlist(backend, evidence, plans.own, plans.all, found, options);
  }();
  if (std::none_of(lists.begin(), lists.end(), [](const auto& list) { return list.empty(); })) return lists;

  std::vector<std::vector<screened_head>> own(lists.size());
  for (std::size_t y = 0; y < lists.size(); ++y) own[y].push_back({evidence.general_position(y), 0});
  calibration mean{0, 0, 0};
  float fitted = 0;
  for (const auto& fits : calibrate_screened(backend, evidence, plans, own, options.prior)) {
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
  return lists;
}

MLL_DEFINE ensemble detail::ensemble_of_picks(exec::backend_ref backend, const task_evidence& evidence,
                                              const std::vector<std::vector<shortlisted_head>>& lists,
                                              const head_pool& pool,
                                              const std::vector<std::vector<head_pick>>& picks) {
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
    out.temperature =
        static_cast<float>(best_temperature(backend, scores_of_picks(backend, pool, picks), evidence.rows()));
  }
  return out;
}

MLL_DEFINE ensemble detail::ensemble_of_picks(exec::backend_ref backend, const task_evidence& evidence,
                                              const std::vector<std::vector<shortlisted_head>>& lists,
                                              std::vector<std::vector<head_pick>> picks) {
  std::vector<std::vector<shortlisted_head>> picked(lists.size());
  for (std::size_t y = 0; y < picks.size(); ++y) {
    for (head_pick& pick : picks[y]) {
      picked[y].push_back(lists[y][pick.candidate]);
      pick.candidate = picked[y].size() - 1;
    }
  }
  const responses_of_shortlist responses{backend, evidence, evidence.plan(), evidence.rows(), picked};
  return ensemble_of_picks(backend, evidence, picked, responses.pool(picked, 1), picks);
}

}  // namespace mll
