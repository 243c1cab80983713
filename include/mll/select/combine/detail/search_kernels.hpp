// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "mll/exec/detail/device_code.hpp"
#include "mll/select/combine/detail/search_state.hpp"

namespace mll::detail {

/// Starts with the first candidate of every class: computes scores, trees of rivals, and the loss. One thread
/// per row.
struct start_search {
  static constexpr unsigned threads = 256;
  search_state state;

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    block.each_thread([&](unsigned t) {
      const std::uint32_t r = block.index() * threads + t;
      if (r >= state.rows) return;
      const std::uint32_t target = state.target[r];
      const float weight = state.weight[r];
      float truth = 0;
      for (std::uint32_t y = 0; y < state.classes; ++y) {
        const float score = state.logit(state.candidate(y, 0), r);
        if (y == target) truth = score;
        state.tree(state.classes + y, r) = y == target ? lowest_score : score;
      }
      for (std::uint32_t node = state.classes - 1; node > 0; --node)
        state.tree(node, r) = with_rival(state.tree(2 * node, r), state.tree(2 * node + 1, r));
      const float rivals = state.tree(1, r);
      const float total = with_rival(truth, rivals);
      state.truth[r] = truth;
      state.total[r] = total;
      exec::detail::atomic_add(
          state.control->loss,
          exec::detail::to_fixed(static_cast<double>(weight * -log_share(truth, rivals))));
      for (std::uint32_t y = 0; y < state.classes; ++y)
        exec::detail::atomic_add(state.confusion_of(y, target), state.share_of(y, r, weight));
    });
  }
};

/// Updates every row for the class that has changed; one thread per row.
struct update_rows {
  static constexpr unsigned threads = 128;
  search_state state;

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    const std::uint32_t y = state.control->changed;
    if (y == no_class || state.control->mode == search_mode::done) return;
    // Rows of a class are neighbours: a warp adds for the class of its first row once. (Sums of numbers in
    // fixed point are exact in `double`.)
    typename Block::template registers<double> change;
    typename Block::template registers<double> share;
    const std::uint32_t first = block.index() * threads;
    block.each_thread([&](unsigned t) {
      change[t] = share[t] = 0;
      const std::uint32_t r = first + t;
      if (r >= state.rows) return;
      const changes of_row = update(y, r);
      if (state.target[r] == state.target[r - t % 32]) {
        change[t] = static_cast<double>(of_row.total);
        share[t] = static_cast<double>(of_row.confusion);
      } else {
        exec::detail::atomic_add(state.mean_change[state.target[r]], of_row.total);
        exec::detail::atomic_add(state.confusion_of(y, state.target[r]), of_row.confusion);
      }
    });
    block.warp_sum(change);
    block.warp_sum(share);
    block.each_thread([&](unsigned t) {
      if (t % 32 != 0 || first + t >= state.rows) return;
      const std::uint32_t target = state.target[first + t];
      exec::detail::atomic_add(state.mean_change[target], static_cast<std::uint64_t>(change[t]));
      exec::detail::atomic_add(state.confusion_of(y, target), static_cast<std::uint64_t>(share[t]));
    });
  }

 private:
  // In fixed point.
  struct changes {
    std::uint64_t total;
    std::uint64_t confusion;
  };

  MLL_DEVICE changes update(std::uint32_t y, std::uint32_t r) const {
    const std::uint32_t target = state.target[r];
    const float weight = state.weight[r];
    const float truth_before = state.truth[r];
    const float total_before = state.total[r];
    // The rivals on the way up are read before the first is written: the reads do not wait for each other.
    constexpr unsigned at_once = 12;
    float rival[at_once];
    std::uint32_t node = state.classes + y;
    MLL_UNROLL
    for (unsigned i = 0; i < at_once; ++i)
      rival[i] = node >> i > 1 ? state.tree((node >> i) ^ 1U, r) : lowest_score;
    const float score = state.sum_of_all(y, r) / static_cast<float>(state.count[y]);
    const float truth = y == target ? score : truth_before;
    float here = y == target ? lowest_score : score;
    if (y == target) state.truth[r] = score;
    state.tree(node, r) = here;
    MLL_UNROLL
    for (unsigned i = 0; i < at_once; ++i) {
      if (node <= 1) break;
      here = with_rival(here, rival[i]);
      node /= 2;
      state.tree(node, r) = here;
    }
    for (; node > 1; node /= 2) {
      here = with_rival(here, state.tree(node ^ 1U, r));
      state.tree(node / 2, r) = here;
    }
    const float total = with_rival(truth, here);
    const float change = std::abs(total - total_before);
    state.total[r] = total;
    return {exec::detail::to_fixed(static_cast<double>(weight * change)),
            search_state::share_of(score, total, weight)};
  }
};

/// Evaluates the moves of the listed classes. A block takes the moves of one class and slot on some rows, and
/// shares their rows among its warps; `shares` blocks divide the classes and slots of the same rows.
struct evaluate_moves {
  static constexpr unsigned threads = 256;
  static constexpr unsigned rows_per_block = 256;
  search_state state;
  std::uint32_t shares = 1;

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    const search_control& now = *state.control;
    const search_mode mode = now.mode;
    if (mode == search_mode::done) return;
    const std::uint32_t slot_count = mode == search_mode::swap ? state.per_class : 1;
    const std::uint32_t items = now.listed * slot_count;
    const std::uint32_t first_row = block.index() / shares * rows_per_block;
    for (std::uint32_t item = block.index() % shares; item < items; item += shares)
      evaluate(block, mode == search_mode::swap, item / slot_count, now.list[item / slot_count],
               item % slot_count, first_row);
  }

 private:
  // Terms of the value of each row, for moves of one class and slot: -log(a + b e^(sign l)), where l is the
  // logit of the candidate divided by the number of heads.
  struct memory {
    float a[rows_per_block];
    float b[rows_per_block];
    float sign[rows_per_block];
    float weight[rows_per_block];
    float log_odds[256];
    std::uint32_t needed;
    std::uint32_t list[threads];  // candidates
  };
  // Larger scores hardly change a value, but their exponentials would overflow.
  static constexpr float max_abs_score = 40;
  static constexpr float max_odds = 1.3e9F;  // 21 nats per row, as on the host

  // `i`: place of class y in the list; `place`: the slot to fill, for swaps.
  template <class Block>
  MLL_DEVICE void evaluate(Block& block, bool is_swap, std::uint32_t i, std::uint32_t y, std::uint32_t place,
                           std::uint32_t first_row) const {
    memory& row = block.template shared<memory>();
    typename Block::template registers<double> sum;
    const std::uint32_t chosen = state.count[y];
    const std::uint32_t slot = is_swap ? place : chosen;
    if (is_swap ? slot >= chosen : chosen >= state.per_class) return;
    const auto heads = static_cast<float>(is_swap ? chosen : chosen + 1);
    const std::uint32_t candidates = state.candidate_count(y);
    const std::uint32_t rows =
        state.rows - first_row < rows_per_block ? state.rows - first_row : rows_per_block;
    const double threshold = state.control->threshold;
    const lazy_class lazy = state.lazy[y];
    bool has_terms = false;
    for (std::uint32_t first = 0; first < candidates; first += threads) {
      block.each_thread([&](unsigned t) {
        if (t == 0) row.needed = 0;
      });
      block.each_thread([&](unsigned t) {
        const std::uint32_t c = first + t;
        if (c >= candidates || state.is_chosen(y, c)) return;
        if (lazy.needs(state.bounds[state.move_index(y, is_swap ? slot : 0, c)], threshold))
          row.list[exec::detail::atomic_add(row.needed, 1U)] = c;
      });
      const std::uint32_t needed = row.needed;
      block.each_thread([](unsigned) {});  // all have read it
      if (needed == 0) continue;
      if (!has_terms) find_terms(block, y, slot, heads, first_row);
      has_terms = true;
      // A warp takes all rows of a move, or 32 of them where there are few moves.
      constexpr std::uint32_t warps = threads / 32;
      const std::uint32_t parts = needed < warps ? warps : 1;
      const std::uint32_t rows_per_part = rows_per_block / parts;
      for (std::uint32_t first_part = 0; first_part < needed * parts; first_part += warps) {
        block.each_thread([&](unsigned t) {
          sum[t] = 0;
          const std::uint32_t part = first_part + t / 32;
          if (part >= needed * parts) return;
          const search_candidate head = state.candidate(y, row.list[part / parts]);
          const float slope = head.slope / heads;
          const float intercept = head.intercept / heads;
          const std::uint8_t* const codes = state.codes + static_cast<std::size_t>(head.head) * state.rows;
          const std::uint32_t begin = part % parts * rows_per_part;
          const std::uint32_t end = begin + rows_per_part < rows ? begin + rows_per_part : rows;
          for (std::uint32_t at = begin + t % 32; at < end; at += 32) {
            const float logit = slope * row.log_odds[codes[first_row + at]] + intercept;
            const float clamped = logit < -max_abs_score  ? -max_abs_score
                                  : logit > max_abs_score ? max_abs_score
                                                          : logit;
            const float odds = row.a[at] + row.b[at] * std::exp(row.sign[at] * clamped);
            sum[t] += static_cast<double>(row.weight[at] * std::log(odds < max_odds ? odds : max_odds));
          }
        });
        block.warp_sum(sum);
        block.each_thread([&](unsigned t) {
          const std::uint32_t part = first_part + t / 32;
          if (t % 32 != 0 || part >= needed * parts) return;
          const std::uint32_t c = row.list[part / parts];
          exec::detail::atomic_add(state.losses[state.move_index(i, is_swap ? slot : 0, c)],
                                   exec::detail::to_fixed(sum[t]));
        });
      }
    }
  }
  template <class Block>
  MLL_DEVICE void find_terms(Block& block, std::uint32_t y, std::uint32_t slot, float heads,
                             std::uint32_t first_row) const {
    memory& row = block.template shared<memory>();
    block.each_thread([&](unsigned t) {
      row.log_odds[t] = state.log_odds[t];
      const std::uint32_t r = first_row + t;
      row.weight[t] = 0;
      if (r >= state.rows) return;
      row.weight[t] = state.weight[r];
      const float rivals = state.rivals_without(y, r);
      const float others = state.sum_of(y, slot, r) / heads;
      const float truth = state.truth[r];
      const bool is_own = state.target[r] == y;
      row.a[t] = is_own ? 1.0F : 1.0F + clamped_exp(rivals - truth);
      row.b[t] = clamped_exp(is_own ? rivals - others : others - truth);
      row.sign[t] = is_own ? -1.0F : 1.0F;
    });
  }
  MLL_DEVICE static float clamped_exp(float x) { return std::exp(x < max_abs_score ? x : max_abs_score); }
};

}  // namespace mll::detail
