// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
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
      for (std::uint32_t y = 0; y < state.classes; ++y) state.update_confusion(y, r, weight);
    });
  }
};

/// Updates every row for the class that changed, with one thread per row, and evaluates the moves of the
/// listed classes, with one warp per move.
struct evaluate_moves {
  static constexpr unsigned threads = 256;
  static constexpr unsigned rows_per_block = 128;
  search_state state;

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    const search_control now = *state.control;
    if (now.mode == search_mode::done) return;
    if (now.changed != no_class) {
      block.each_thread([&](unsigned t) {
        const std::uint32_t r = block.index() * rows_per_block + t;
        if (t < rows_per_block && r < state.rows) update_row(now.changed, r);
      });
    }
    for (std::uint32_t i = 0; i < now.listed; ++i) evaluate(block, now, i);
  }

 private:
  // Terms of the value of each row, for moves of one class and slot: -log(a + b e^(sign l)), where l is the
  // logit of the candidate divided by the number of heads.
  struct memory {
    float a[rows_per_block];
    float b[rows_per_block];
    float sign[rows_per_block];
    float weight[rows_per_block];
  };
  // Larger scores hardly change a value, but their exponentials would overflow.
  static constexpr float max_abs_score = 40;
  static constexpr float max_odds = 1.3e9F;  // 21 nats per row, as on the host

  MLL_DEVICE void update_row(std::uint32_t y, std::uint32_t r) const {
    const std::uint32_t target = state.target[r];
    const float weight = state.weight[r];
    const float score = state.sum_of(y, state.count[y], r) / static_cast<float>(state.count[y]);
    float here = score;
    if (y == target) {
      state.truth[r] = score;
      here = lowest_score;
    }
    std::uint32_t node = state.classes + y;
    state.tree(node, r) = here;
    for (; node > 1; node /= 2) {
      here = with_rival(here, state.tree(node ^ 1U, r));
      state.tree(node / 2, r) = here;
    }
    const float total = with_rival(state.truth[r], here);
    const float change = std::abs(total - state.total[r]);
    state.total[r] = total;
    exec::detail::atomic_add(state.mean_change[target],
                             exec::detail::to_fixed(static_cast<double>(weight * change)));
    state.update_confusion(y, r, weight);
  }

  template <class Block>
  MLL_DEVICE void evaluate(Block& block, const search_control& now, std::uint32_t i) const {
    memory& row = block.template shared<memory>();
    typename Block::template registers<float> rivals;
    typename Block::template registers<double> sum;
    const std::uint32_t y = now.list[i];
    const std::uint32_t chosen = state.count[y];
    const bool is_swap = now.mode == search_mode::swap;
    const std::uint32_t last_slot = is_swap ? chosen : chosen + 1;
    if (!is_swap && chosen >= state.per_class) return;
    block.each_thread([&](unsigned t) {
      const std::uint32_t r = block.index() * rows_per_block + t;
      if (t >= rows_per_block) return;
      row.weight[t] = r < state.rows ? state.weight[r] : 0.0F;
      rivals[t] = r < state.rows ? state.rivals_without(y, r) : 0.0F;
    });
    for (std::uint32_t slot = is_swap ? 0 : chosen; slot < last_slot; ++slot) {
      const auto heads = static_cast<float>(is_swap ? chosen : chosen + 1);
      block.each_thread([&](unsigned t) {
        const std::uint32_t r = block.index() * rows_per_block + t;
        if (t >= rows_per_block || r >= state.rows) return;
        const float others = state.sum_of(y, slot, r) / heads;
        const float truth = state.truth[r];
        const bool is_own = state.target[r] == y;
        row.a[t] = is_own ? 1.0F : 1.0F + clamped_exp(rivals[t] - truth);
        row.b[t] = clamped_exp(is_own ? rivals[t] - others : others - truth);
        row.sign[t] = is_own ? -1.0F : 1.0F;
      });
      const std::uint32_t candidates = state.candidate_count(y);
      for (std::uint32_t first = 0; first < candidates; first += threads / 32) {
        block.each_thread([&](unsigned t) {
          sum[t] = 0;
          const std::uint32_t c = first + t / 32;
          if (c >= candidates || state.is_chosen(y, c)) return;
          const search_candidate head = state.candidate(y, c);
          for (unsigned at = t % 32; at < rows_per_block; at += 32) {
            const std::uint32_t r = block.index() * rows_per_block + at;
            if (r >= state.rows) break;
            const float logit = state.logit(head, r) / heads;
            const float clamped = logit < -max_abs_score  ? -max_abs_score
                                  : logit > max_abs_score ? max_abs_score
                                                          : logit;
            const float odds = row.a[at] + row.b[at] * std::exp(row.sign[at] * clamped);
            sum[t] += static_cast<double>(row.weight[at] * std::log(odds < max_odds ? odds : max_odds));
          }
        });
        block.warp_sum(sum);
        block.each_thread([&](unsigned t) {
          const std::uint32_t c = first + t / 32;
          if (t % 32 == 0 && c < candidates && !state.is_chosen(y, c))
            exec::detail::atomic_add(state.losses[state.move_index(i, is_swap ? slot : 0, c)],
                                     exec::detail::to_fixed(sum[t]));
        });
      }
    }
  }
  MLL_DEVICE static float clamped_exp(float x) { return std::exp(x < max_abs_score ? x : max_abs_score); }
};

/// After a change, adds the drift to the upper bound of each class. One warp per class.
struct loosen_bounds {
  static constexpr unsigned threads = 256;
  static constexpr unsigned classes_per_block = threads / 32;
  search_state state;

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    const std::uint32_t changed = state.control->changed;
    if (changed == no_class || state.control->mode == search_mode::done) return;
    typename Block::template registers<double> sum;
    block.each_thread([&](unsigned t) {
      sum[t] = 0;
      const std::uint32_t z = block.index() * classes_per_block + t / 32;
      if (z >= state.classes) return;
      const std::uint64_t* const confusion = state.confusion + static_cast<std::size_t>(z) * state.classes;
      for (std::uint32_t target = t % 32; target < state.classes; target += 32)
        sum[t] +=
            exec::detail::from_fixed(confusion[target]) * exec::detail::from_fixed(state.mean_change[target]);
    });
    block.warp_sum(sum);
    block.each_thread([&](unsigned t) {
      const std::uint32_t z = block.index() * classes_per_block + t / 32;
      if (t % 32 != 0 || z >= state.classes) return;
      // Positive even where nothing changed, so that every move is evaluated before it is made.
      constexpr double rounding = 1e-9;
      const bool is_unbounded = z == changed || state.bound_inflation == unlimited;
      state.best_moves[z].drift += is_unbounded ? unlimited : rounding + state.bound_inflation * sum[t];
    });
  }
};

}  // namespace mll::detail
