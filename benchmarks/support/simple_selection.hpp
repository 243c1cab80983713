// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Simple implementations of the stages of a selection, as baselines.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "median.hpp"
#include "mll/core/ids.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/label/statistics/node_statistics.hpp"
#include "mll/select/calibrate/shortlist.hpp"
#include "mll/select/combine/greedy_search.hpp"
#include "mll/select/combine/head_pool.hpp"
#include "mll/select/evidence/detail/sample_plan.hpp"
#include "mll/select/screen/screening.hpp"

namespace mll::benchmark {

// Screening with a matrix library: class means of all heads, their scores, a partial sort.
inline std::vector<std::vector<screened_head>> screen_by_matrix(const node_statistics& statistics,
                                                                const class_evidence& sources,
                                                                std::size_t keep) {
  const auto heads = static_cast<Eigen::Index>(statistics.head_count());
  matrix<float> means = matrix<float>::Zero(static_cast<Eigen::Index>(sources.size()), heads);
  for (std::size_t y = 0; y < sources.size(); ++y) {
    for (const weighted_position& source : sources[y]) {
      const Eigen::Map<const Eigen::Array<std::uint16_t, 1, Eigen::Dynamic>> row{
          statistics.row(source.node).data(), heads};
      means.row(static_cast<Eigen::Index>(y)).array() +=
          static_cast<float>(source.weight) / (256 * node_statistics::one) * row.cast<float>();
    }
  }
  const matrix<float> scores = reuse_scores(means);
  std::vector<std::vector<screened_head>> out(sources.size());
  for (std::size_t y = 0; y < sources.size(); ++y) {
    auto& list = out[y];
    for (Eigen::Index h = 0; h < heads; ++h)
      list.push_back({static_cast<std::uint32_t>(h), scores(static_cast<Eigen::Index>(y), h)});
    const std::size_t kept = std::min(keep, list.size());
    std::partial_sort(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(kept), list.end(),
                      detail::better_head);
    list.resize(kept);
  }
  return out;
}

// Seconds to calibrate one head for one class from all its responses as floats, while other threads do the
// same.
template <class Backend, class Source>
double raw_calibration_seconds(const Backend& backend, const Source& source, const class_evidence& sources,
                               const std::vector<std::vector<screened_head>>& screened,
                               const shortlist_options& options) {
  const auto plan =
      detail::plan_samples(sources, source, std::max<std::size_t>(1, options.all_samples / sources.size()));
  const auto samples = plan.samples();
  const auto rows = plan.rows();
  struct pair {
    class_id y;
    std::vector<std::uint8_t> codes;
    float slope = 0;
  };
  std::vector<pair> pairs;
  for (std::size_t y = 0; y < sources.size() && pairs.size() < 64; ++y) {
    for (std::size_t i = 0; i < screened[y].size() && i < 8; ++i) {
      auto& one = pairs.emplace_back(pair{class_id{y}, std::vector<std::uint8_t>(rows.size())});
      source.read(screened[y][i].position, samples, one.codes);
    }
  }
  const double seconds = median_seconds(5, [&] {
    exec::for_each_index(backend, pairs.size(), [&](std::size_t i) {
      std::vector<float> log_odds(rows.size());
      for (std::size_t r = 0; r < rows.size(); ++r) log_odds[r] = log_odds_8bit::log_odds(pairs[i].codes[r]);
      pairs[i].slope = calibrate(log_odds, rows, pairs[i].y, options.prior).slope;
    });
  });
  return seconds / static_cast<double>(std::max<std::size_t>(1, pairs.size()));
}

// Plain greedy search: logits as floats, every step evaluates all classes.
struct plain_joint {
  std::vector<std::vector<head_pick>> picks;
  double seconds;
};
template <class Backend>
plain_joint search_plainly(const Backend& backend, const head_pool& pool) {
  const logit_pool plain = logit_pool::of(pool);
  const greedy_search search{.bound_inflation = std::numeric_limits<double>::infinity()};
  const auto begin = std::chrono::steady_clock::now();
  auto picks = search(backend, plain, log_likelihood{});
  return {std::move(picks), seconds_since(begin)};
}

inline std::size_t different(const std::vector<std::vector<head_pick>>& a,
                             const std::vector<std::vector<head_pick>>& b) {
  std::size_t out = 0;
  for (std::size_t y = 0; y < a.size(); ++y) {
    const auto same = [](const head_pick& p, const head_pick& q) { return p.candidate == q.candidate; };
    out += std::equal(a[y].begin(), a[y].end(), b[y].begin(), b[y].end(), same) ? 0 : 1;
  }
  return out;
}

}  // namespace mll::benchmark
