// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/select/combine/detail/lazy_greedy.hpp"
#include "mll/select/combine/detail/thrust/thrust_scores.hpp"
#include "mll/select/combine/head_pool.hpp"

namespace mll::detail {

/// Third stage of CHCO, `greedy_search` on coded responses for log-likelihood, as Thrust algorithms: the
/// readable form of the stage, and the baseline of the kernels of `device_search`.
///
/// The steps are those of `greedy_search` (`lazy_greedy`: the same bounds, batches and ties); only what
/// evaluates the moves differs. Gains differ from the host's by rounding, so that the picks are the same
/// unless two gains, or a gain and a bound, are closer than about 1e-6. They are bitwise the same on every
/// policy of the host. On a device exponentials and logarithms may differ in the last bit.
///
/// @tparam Grid see `exec::detail::thrust_host`
template <class Grid>
class thrust_search {
 public:
  /// Uploads the pool. Throws: `invalid_argument` if `steps` or the pool is invalid.
  thrust_search(const Grid& grid, const head_pool& pool, const lazy_greedy& steps = {})
      : grid_{grid}, steps_{steps} {
    steps.check();
    state_.rows = static_cast<std::uint32_t>(pool.rows.size());
    state_.classes = static_cast<std::uint32_t>(pool.candidates.size());
    state_.per_class = static_cast<std::uint32_t>(pool.heads_per_class);
    upload_rows(pool);
    upload_candidates(pool);
  }

  /// The picks of each class, as `greedy_search`.
  [[nodiscard]] std::vector<std::vector<head_pick>> run() {
    thrust_scores<Grid> state{grid_, state_, first_row_.data(), candidates_};
    return steps_.run(grid_, state);
  }

 private:
  template <class T>
  using buffer = typename Grid::template buffer<T>;

  template <class T>
  const T* upload(const std::vector<T>& from, buffer<T>& to) const {
    to = grid_.template allocate<T>(from.size());
    grid_.upload(std::span{from}, to);
    return to.data();
  }

  void upload_rows(const head_pool& pool) {
    std::vector<std::uint32_t> targets;
    std::vector<float> weights;
    std::vector<std::uint32_t> first(pool.candidates.size() + 1, 0);
    for (const example& row : pool.rows) {
      targets.push_back(row.target.value());
      weights.push_back(row.weight);
      ++first[row.target.index() + 1];
    }
    for (std::size_t y = 0; y + 1 < first.size(); ++y) first[y + 1] += first[y];
    std::vector<float> log_odds;
    for (int c = 0; c < 256; ++c) log_odds.push_back(log_odds_8bit::log_odds(static_cast<std::uint8_t>(c)));
    state_.target = upload(targets, target_);
    state_.weight = upload(weights, weight_);
    state_.log_odds = upload(log_odds, log_odds_);
    upload(first, first_row_);
  }

  // A head that is a candidate of several classes is uploaded once.
  void upload_candidates(const head_pool& pool) {
    std::vector<const std::uint8_t*> heads;
    for (std::size_t y = 0; y < pool.candidates.size(); ++y) {
      if (pool.candidates[y].empty())
        throw invalid_argument{"pool", "at least 1 candidate per class", "0 for class " + std::to_string(y)};
      for (const auto& head : pool.candidates[y]) heads.push_back(head.codes);
    }
    std::sort(heads.begin(), heads.end());
    heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
    std::vector<std::uint8_t> codes;
    codes.reserve(heads.size() * pool.rows.size());
    for (const std::uint8_t* head : heads) codes.insert(codes.end(), head, head + pool.rows.size());
    for (const auto& of_class : pool.candidates) {
      auto& to = candidates_.emplace_back();
      for (const auto& head : of_class) {
        const auto at = std::lower_bound(heads.begin(), heads.end(), head.codes) - heads.begin();
        to.push_back({static_cast<std::uint32_t>(at), head.slope, head.intercept});
      }
    }
    state_.codes = upload(codes, codes_);
  }

  Grid grid_;
  lazy_greedy steps_;
  scored_rows state_;
  std::vector<std::vector<search_candidate>> candidates_;
  buffer<std::uint32_t> target_;
  buffer<float> weight_;
  buffer<float> log_odds_;
  buffer<std::uint32_t> first_row_;
  buffer<std::uint8_t> codes_;
};

}  // namespace mll::detail
