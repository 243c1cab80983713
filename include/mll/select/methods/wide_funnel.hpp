// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/exec/backend.hpp"
#include "mll/label/responses/response_source.hpp"
#include "mll/select/calibrate/shortlist.hpp"
#include "mll/select/combine/detail/responses_of_shortlist.hpp"
#include "mll/select/combine/greedy_search.hpp"
#include "mll/select/combine/objective.hpp"
#include "mll/select/ensemble/detail/fit_temperature.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/detail/sample_plan.hpp"
#include "mll/select/evidence/evidence_of.hpp"
#include "mll/select/screen/screening.hpp"
#include "mll/select/screen/sparse_screening.hpp"

namespace mll {

/// CHCO with a budget of heads per class for a hub of very many heads: as `head_funnel`, but from node
/// statistics and a `response_source`, so that only what the funnel looks at is read.
///
/// Screening takes the whole hub, calibration the responses of screened heads to some thousand samples, joint
/// combination those of shortlisted heads to some ten thousand, however many classes and samples there are.
///
/// @tparam Search a search over `coded_head_pool`, such as `greedy_search`
template <class Search = greedy_search>
struct wide_funnel {
  std::size_t count = 3;                ///< heads per class
  std::size_t screened = 64;            ///< heads per class that screening passes on
  shortlist_options shortlisting = {};  ///< calibration
  std::size_t joint_samples = 25600;    ///< about so many samples judge combinations
  Search search = {};

  /// @param[in] statistics `node_statistics` or `sparse_node_statistics` of the hub
  /// @param[in] sources    for each class its nodes, with samples; at least two classes
  /// @param[in] source     8-bit responses of the same heads
  ///
  /// Throws: `invalid_argument` if a count of the options is 0, there are fewer than two classes, a class has
  /// no samples, no head answers for a class, or source and statistics are of different hubs.
  /// Complexity: that of `screen`, `shortlist` and the search. Determinism: the same on every backend.
  template <exec::execution_backend Backend, class Statistics, response_source Source>
  [[nodiscard]] ensemble operator()(const Backend& backend, const Statistics& statistics,
                                    const class_evidence& sources, const Source& source) const {
    if (count == 0) throw invalid_argument{"count", "at least 1 head a class", "0"};
    if (source.head_count() != statistics.head_count()) {
      throw invalid_argument{"source", std::to_string(statistics.head_count()) + " heads",
                             std::to_string(source.head_count())};
    }
    const auto lists =
        shortlist(backend, source, sources, screen(backend, statistics, sources, screened), shortlisting);
    const auto plan =
        detail::plan_samples(sources, source, std::max<std::size_t>(1, joint_samples / sources.size()));
    const detail::responses_of_shortlist<typename Source::codec_type> responses{backend, source, plan, lists};
    const auto pool = responses.pool(lists, count);
    const auto picks = search(backend, pool, log_likelihood{});
    ensemble out = votes_of(source, lists, picks);
    out.temperature = static_cast<float>(
        detail::best_temperature(backend, detail::scores_of_picks(backend, pool, picks), responses.rows()));
    return out;
  }

 private:
  template <class Source>
  static ensemble votes_of(const Source& source, const std::vector<std::vector<shortlisted_head>>& lists,
                           const std::vector<std::vector<head_pick>>& picks) {
    ensemble out;
    std::vector<std::uint32_t> positions;
    for (std::size_t y = 0; y < picks.size(); ++y) {
      for (const head_pick& pick : picks[y]) positions.push_back(lists[y][pick.candidate].position);
    }
    std::sort(positions.begin(), positions.end());
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
    for (const std::uint32_t position : positions) out.heads.push_back(source.head(position));
    out.votes.resize(picks.size());
    for (std::size_t y = 0; y < picks.size(); ++y) {
      for (const head_pick& pick : picks[y]) {
        const shortlisted_head& head = lists[y][pick.candidate];
        const auto at = std::lower_bound(positions.begin(), positions.end(), head.position);
        out.votes[y].push_back({static_cast<std::uint32_t>(at - positions.begin()),
                                1.0F / static_cast<float>(picks[y].size()), head.fit.slope,
                                head.fit.intercept, pick.gain});
      }
    }
    return out;
  }
};

}  // namespace mll
