// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
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
#include "mll/select/combine/detail/lazy_greedy.hpp"
#include "mll/select/combine/detail/loosen_bounds.hpp"
#include "mll/select/combine/detail/search_kernels.hpp"
#include "mll/select/combine/detail/search_state.hpp"
#include "mll/select/combine/detail/search_step.hpp"
#include "mll/select/combine/head_pool.hpp"

namespace mll::detail {

/// Greedy search over a pool of coded responses, on a grid. The pool is uploaded once, by the constructor.
///
/// The device decides each step, so that the host only launches, in turn: choice of a move or of classes to
/// evaluate; after a move, update of the rows and of the upper bounds and choice of classes; evaluation. The
/// launches of 32 steps are recorded once and run until the search has ended.
template <class Grid>
class device_search {
 public:
  /// Throws: `invalid_argument` if `bound_inflation` is negative or the pool has a class without candidates.
  device_search(const Grid& grid, const head_pool& pool, const lazy_greedy& steps) : grid_{grid} {
    steps.check();
    state_.rows = static_cast<std::uint32_t>(pool.rows.size());
    state_.classes = static_cast<std::uint32_t>(pool.candidates.size());
    state_.per_class = static_cast<std::uint32_t>(pool.heads_per_class);
    state_.min_gain = steps.min_gain;
    state_.bound_inflation = steps.bound_inflation;
    state_.max_swaps = static_cast<std::uint32_t>(std::min<std::size_t>(
        steps.max_swaps_per_class * state_.classes, std::numeric_limits<std::uint32_t>::max()));
    upload_rows(pool);
    upload_candidates(pool);

    const std::size_t classes = state_.classes;
    state_.scores = allocate(scores_, 2 * classes * state_.rows);
    state_.truth = allocate(truth_, state_.rows);
    state_.total = allocate(total_, state_.rows);
    state_.mean_change = allocate(mean_change_, classes);
    state_.confusion = allocate(confusion_, classes * classes);
    state_.count = allocate(count_, classes);
    state_.chosen = allocate(chosen_, classes * state_.per_class);
    state_.gains = allocate(gains_, classes * state_.per_class);
    state_.lazy = allocate(lazy_, classes);
    state_.bounds = allocate(bounds_, std::size_t{classes} * state_.per_class * state_.max_candidates);
    state_.losses = allocate(
        losses_, std::size_t{search_control::classes_per_step} * state_.per_class * state_.max_candidates);
    state_.control = allocate(control_, 1);
  }

  /// The picks of each class, as `greedy_search`.
  [[nodiscard]] std::vector<std::vector<head_pick>> run() {
    const std::size_t classes = state_.classes;
    if (state_.rows == 0) return {classes, {{0, 0}}};  // nothing to compare by
    upload(std::vector<std::uint32_t>(classes, 1), count_);
    grid_.clear(chosen_);  // candidate 0 of every class
    grid_.clear(gains_);
    grid_.clear(mean_change_);
    grid_.clear(confusion_);
    grid_.clear(losses_);
    upload(std::vector<lazy_class>(classes), lazy_);
    grid_.clear(bounds_);  // epoch 0: none was evaluated
    std::vector<search_control> control(1);
    upload(control, control_);
    grid_.launch(blocks_of(state_.rows, start_search::threads), start_search{state_});
    const std::size_t blocks = blocks_of(state_.rows, evaluate_moves::rows_per_block);
    // As many as classes are listed, so that every block of a row range has one.
    const auto shares = static_cast<std::uint32_t>(
        std::clamp<std::size_t>(4096 / blocks, 1, search_control::classes_per_step));
    const auto steps = grid_.record([&] {
      for (int step = 0; step < 32; ++step) {
        grid_.launch(1, choose_step{state_, false});
        grid_.launch(blocks_of(state_.rows, update_rows::threads), update_rows{state_});
        grid_.launch(blocks_of(classes, loosen_bounds::classes_per_block), loosen_bounds{state_});
        grid_.launch(1, choose_step{state_, true});
        grid_.launch(blocks * shares, evaluate_moves{state_, shares});
      }
    });
    while (control[0].mode != search_mode::done) {
      steps.run();
      grid_.download(control_, std::span{control});
    }
    moves_ = control[0].moves;
    evaluations_ = control[0].evaluations;
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

  /// Of the last `run`.
  [[nodiscard]] std::size_t moves() const noexcept { return moves_; }
  /// Of the last `run`: classes listed for evaluation, each time counted.
  [[nodiscard]] std::size_t evaluations() const noexcept { return evaluations_; }

 private:
  template <class T>
  using buffer = typename Grid::template buffer<T>;

  static std::size_t blocks_of(std::size_t count, std::size_t per_block) {
    return (count + per_block - 1) / per_block;
  }
  template <class T>
  T* allocate(buffer<T>& to, std::size_t size) const {
    to = grid_.template allocate<T>(size);
    return to.data();
  }
  template <class T>
  void upload(const std::vector<T>& from, buffer<T>& to) const {
    if (to.size() != from.size()) allocate(to, from.size());
    grid_.upload(std::span{from}, to);
  }

  void upload_rows(const head_pool& pool) {
    std::vector<std::uint32_t> targets;
    std::vector<float> weights;
    for (const example& row : pool.rows) {
      targets.push_back(row.target.value());
      weights.push_back(row.weight);
    }
    std::vector<float> log_odds;
    for (int c = 0; c < 256; ++c) log_odds.push_back(log_odds_8bit::log_odds(static_cast<std::uint8_t>(c)));
    upload(targets, target_);
    upload(weights, weight_);
    upload(log_odds, log_odds_);
    state_.target = target_.data();
    state_.weight = weight_.data();
    state_.log_odds = log_odds_.data();
  }

  // A head that is a candidate of several classes is uploaded once.
  void upload_candidates(const head_pool& pool) {
    std::vector<const std::uint8_t*> heads;
    for (std::size_t y = 0; y < pool.candidates.size(); ++y) {
      const auto& of_class = pool.candidates[y];
      if (of_class.empty())
        throw invalid_argument{"pool", "at least 1 candidate per class", "0 for class " + std::to_string(y)};
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
    std::size_t max_candidates = 1;
    for (const auto& of_class : pool.candidates) {
      for (const auto& head : of_class) {
        const auto at = std::lower_bound(heads.begin(), heads.end(), head.codes) - heads.begin();
        candidates.push_back({static_cast<std::uint32_t>(at), head.slope, head.intercept});
      }
      first.push_back(static_cast<std::uint32_t>(candidates.size()));
      max_candidates = std::max(max_candidates, of_class.size());
    }
    upload(codes, codes_);
    upload(candidates, candidates_);
    upload(first, first_candidate_);
    state_.codes = codes_.data();
    state_.candidates = candidates_.data();
    state_.first_candidate = first_candidate_.data();
    state_.max_candidates = static_cast<std::uint32_t>(max_candidates);
  }

  Grid grid_;
  search_state state_;
  std::size_t moves_ = 0;
  std::size_t evaluations_ = 0;
  buffer<std::uint32_t> target_;
  buffer<float> weight_;
  buffer<float> log_odds_;
  buffer<std::uint8_t> codes_;
  buffer<search_candidate> candidates_;
  buffer<std::uint32_t> first_candidate_;
  buffer<float> scores_;
  buffer<float> truth_;
  buffer<float> total_;
  buffer<std::uint64_t> mean_change_;
  buffer<std::uint64_t> confusion_;
  buffer<std::uint32_t> count_;
  buffer<std::uint32_t> chosen_;
  buffer<float> gains_;
  buffer<lazy_class> lazy_;
  buffer<move_bound> bounds_;
  buffer<std::uint64_t> losses_;
  buffer<search_control> control_;
};

}  // namespace mll::detail
