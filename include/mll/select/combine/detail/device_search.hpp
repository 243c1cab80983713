// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/label/responses/response_codec.hpp"
#include "mll/select/combine/detail/search_kernels.hpp"
#include "mll/select/combine/detail/search_state.hpp"
#include "mll/select/combine/detail/search_step.hpp"
#include "mll/select/combine/head_pool.hpp"

namespace mll::detail {

/// How a search on a device proceeds; as the members of `greedy_search`.
struct search_rules {
  double least_gain = 1e-6;
  std::size_t swap_passes = 4;
  double caution = 2;
};

/// Greedy search over a pool of coded responses, on a grid. The pool is uploaded once, by the constructor.
///
/// What to do next is decided on the device, so that the host only launches: a decision, a look at the rows,
/// what that changes for the offers, and again. Every so often it asks whether the search has ended.
template <class Grid>
class device_search {
 public:
  /// Throws: `invalid_argument` if `caution` is negative or the pool has a class without candidates.
  device_search(const Grid& grid, const head_pool& pool, const search_rules& rules) : grid_{grid} {
    if (!(rules.caution >= 0)) throw invalid_argument{"caution", "at least 0", std::to_string(rules.caution)};
    state_.rows = static_cast<std::uint32_t>(pool.rows.size());
    state_.classes = static_cast<std::uint32_t>(pool.candidates.size());
    state_.per_class = static_cast<std::uint32_t>(pool.heads_per_class);
    state_.least_gain = rules.least_gain;
    state_.caution = rules.caution;
    state_.most_exchanges = static_cast<std::uint32_t>(
        std::min<std::size_t>(rules.swap_passes * state_.classes, std::numeric_limits<std::uint32_t>::max()));
    put_rows(pool);
    put_candidates(pool);

    const std::size_t classes = state_.classes;
    state_.scores = make(scores_, 2 * classes * state_.rows);
    state_.truth = make(truth_, state_.rows);
    state_.total = make(total_, state_.rows);
    state_.unrest = make(unrest_, classes);
    state_.confusion = make(confusion_, classes * classes);
    state_.count = make(count_, classes);
    state_.chosen = make(chosen_, classes * state_.per_class);
    state_.gains = make(gains_, classes * state_.per_class);
    state_.offers = make(offers_, classes);
    state_.losses = make(losses_, std::size_t{search_control::together} * state_.per_class * state_.most);
    state_.control = make(control_, 1);
  }

  /// For each class the picks, as `greedy_search`.
  [[nodiscard]] std::vector<std::vector<head_pick>> run() {
    const std::size_t classes = state_.classes;
    put(std::vector<std::uint32_t>(classes, 1), count_);
    grid_.clear(chosen_);  // the first candidate
    grid_.clear(gains_);
    grid_.clear(unrest_);
    grid_.clear(confusion_);
    grid_.clear(losses_);
    put(std::vector<search_offer>(classes), offers_);
    std::vector<search_control> control(1);
    put(control, control_);
    grid_.launch(blocks_of(state_.rows, start_search::threads), start_search{state_});
    while (control[0].mode != search_mode::done) {
      for (int step = 0; step < 32; ++step) {
        grid_.launch(1, settle_offers{state_});
        grid_.launch(blocks_of(state_.rows, look_at_rows::rows_per_block), look_at_rows{state_});
        grid_.launch(blocks_of(classes, unsettle_offers::classes_per_block), unsettle_offers{state_});
      }
      grid_.download(control_, std::span{control});
    }
    std::vector<std::uint32_t> count(classes);
    std::vector<std::uint32_t> chosen(classes * state_.per_class);
    std::vector<float> gains(chosen.size());
    grid_.download(count_, std::span{count});
    grid_.download(chosen_, std::span{chosen});
    grid_.download(gains_, std::span{gains});
    std::vector<std::vector<head_pick>> out(classes);
    for (std::size_t y = 0; y < classes; ++y) {
      for (std::size_t slot = 0; slot < count[y]; ++slot)
        out[y].push_back({chosen[y * state_.per_class + slot], gains[y * state_.per_class + slot]});
    }
    return out;
  }

 private:
  template <class T>
  using buffer = typename Grid::template buffer<T>;

  static std::size_t blocks_of(std::size_t count, std::size_t per_block) {
    return (count + per_block - 1) / per_block;
  }
  template <class T>
  T* make(buffer<T>& to, std::size_t size) const {
    to = grid_.template allocate<T>(size);
    return to.data();
  }
  template <class T>
  void put(const std::vector<T>& from, buffer<T>& to) const {
    if (to.size() != from.size()) make(to, from.size());
    grid_.upload(std::span{from}, to);
  }

  void put_rows(const head_pool& pool) {
    std::vector<std::uint32_t> labels;
    std::vector<float> weights;
    for (const example& row : pool.rows) {
      labels.push_back(row.target.value());
      weights.push_back(row.weight);
    }
    std::vector<float> log_odds;
    for (int c = 0; c < 256; ++c) log_odds.push_back(log_odds_8bit::log_odds(static_cast<std::uint8_t>(c)));
    put(labels, label_);
    put(weights, weight_);
    put(log_odds, log_odds_);
    state_.label = label_.data();
    state_.weight = weight_.data();
    state_.log_odds = log_odds_.data();
  }

  // Heads that are candidates of several classes are uploaded once.
  void put_candidates(const head_pool& pool) {
    std::vector<const std::uint8_t*> heads;
    for (const auto& of_class : pool.candidates) {
      if (of_class.empty()) throw invalid_argument{"pool", "a candidate for every class", "a class without"};
      for (const auto& head : of_class) heads.push_back(head.codes);
    }
    std::sort(heads.begin(), heads.end());
    heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
    std::vector<std::uint8_t> codes(heads.size() * pool.rows.size());
    for (std::size_t i = 0; i < heads.size(); ++i)
      std::copy_n(heads[i], pool.rows.size(),
                  codes.begin() + static_cast<std::ptrdiff_t>(i * pool.rows.size()));
    std::vector<search_candidate> candidates;
    std::vector<std::uint32_t> first{0};
    std::size_t most = 1;
    for (const auto& of_class : pool.candidates) {
      for (const auto& head : of_class) {
        const auto at = std::lower_bound(heads.begin(), heads.end(), head.codes) - heads.begin();
        candidates.push_back({static_cast<std::uint32_t>(at), head.slope, head.intercept});
      }
      first.push_back(static_cast<std::uint32_t>(candidates.size()));
      most = std::max(most, of_class.size());
    }
    put(codes, codes_);
    put(candidates, candidates_);
    put(first, first_candidate_);
    state_.codes = codes_.data();
    state_.candidates = candidates_.data();
    state_.first_candidate = first_candidate_.data();
    state_.most = static_cast<std::uint32_t>(most);
  }

  Grid grid_;
  search_state state_;
  buffer<std::uint32_t> label_;
  buffer<float> weight_;
  buffer<float> log_odds_;
  buffer<std::uint8_t> codes_;
  buffer<search_candidate> candidates_;
  buffer<std::uint32_t> first_candidate_;
  buffer<float> scores_;
  buffer<float> truth_;
  buffer<float> total_;
  buffer<std::uint64_t> unrest_;
  buffer<std::uint64_t> confusion_;
  buffer<std::uint32_t> count_;
  buffer<std::uint32_t> chosen_;
  buffer<float> gains_;
  buffer<search_offer> offers_;
  buffer<std::uint64_t> losses_;
  buffer<search_control> control_;
};

}  // namespace mll::detail
