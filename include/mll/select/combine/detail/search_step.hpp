// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mll/exec/detail/device_code.hpp"
#include "mll/select/combine/detail/search_state.hpp"

namespace mll::detail {

/// Decides the next step of a search; one block. Records the best move of each evaluated class, then lists
/// the classes whose upper bound exceeds the best gain. If there are none, applies the best move; if no move
/// gains enough, goes on to swaps or ends. Ties go to the lower class, then to the better candidate. Makes
/// the decisions of `greedy_search`.
struct choose_step {
  static constexpr unsigned threads = 256;
  search_state state;

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    if (state.control->mode == search_mode::done) return;
    memory& shared = block.template shared<memory>();
    record_best_moves(block, shared.at);

    best_class(block, shared.at, [&](std::uint32_t z) {
      const lazy_move& move = state.best_moves[z];
      return move.drift == 0 ? move.gain : -unlimited;
    });
    block.each_thread([&](unsigned t) {
      if (t != 0) return;
      shared.best = shared.at[0];
      shared.listed = 0;
    });
    const double threshold = shared.best.value > state.min_gain ? shared.best.value : state.min_gain;
    for (std::uint32_t i = 0; i < search_control::classes_per_step && shared.listed == i; ++i) {
      best_class(block, shared.at, [&](std::uint32_t z) {
        for (std::uint32_t j = 0; j < i; ++j) {
          if (shared.list[j] == z) return -unlimited;
        }
        const lazy_move& move = state.best_moves[z];
        const double value = move.upper_bound();
        return move.drift != 0 && value >= threshold ? value : -unlimited;
      });
      block.each_thread([&](unsigned t) {
        if (t != 0 || shared.at[0].index == no_class) return;
        shared.list[i] = shared.at[0].index;
        shared.listed = i + 1;
      });
    }
    const bool is_move = shared.listed == 0 && shared.best.value > state.min_gain;
    block.each_thread([&](unsigned t) {
      if (is_move) {
        const std::uint32_t y = shared.best.index;
        for (std::uint32_t z = t; z < state.classes; z += threads) {
          state.mean_change[z] = 0;
          state.confusion[static_cast<std::size_t>(y) * state.classes + z] = 0;
        }
      } else if (shared.listed == 0 && state.control->mode == search_mode::add) {
        for (std::uint32_t z = t; z < state.classes; z += threads) state.best_moves[z] = {};
      }
    });
    block.each_thread([&](unsigned t) {
      if (t != 0) return;
      search_control& control = *state.control;
      control.changed = no_class;
      control.listed = shared.listed;
      for (std::uint32_t i = 0; i < shared.listed; ++i) control.list[i] = shared.list[i];
      if (shared.listed != 0) return;
      if (is_move) {
        apply(shared.best.index, control);
      } else if (control.mode == search_mode::add && state.max_swaps != 0) {
        control.mode = search_mode::swap;
      } else {
        control.mode = search_mode::done;
      }
    });
  }

 private:
  struct ranked {
    double value;
    std::uint32_t index;
  };
  struct memory {
    ranked at[threads];
    ranked best;
    std::uint32_t listed;
    std::uint32_t list[search_control::classes_per_step];
  };

  MLL_DEVICE static bool is_better(const ranked& a, const ranked& b) {
    return a.value != b.value ? a.value > b.value : a.index < b.index;
  }
  // Moves the best of each `run` consecutive threads to the first of them.
  template <class Block>
  MLL_DEVICE static void find_best(Block& block, ranked* at, unsigned run) {
    for (unsigned step = run / 2; step > 0; step /= 2) {
      block.each_thread([&](unsigned t) {
        if (t % run < step && is_better(at[t + step], at[t])) at[t] = at[t + step];
      });
    }
  }
  // Sets at[0] to the class of greatest value, or no_class if all values are minus infinity.
  template <class Block, class F>
  MLL_DEVICE void best_class(Block& block, ranked* at, const F& value) const {
    block.each_thread([&](unsigned t) {
      at[t] = {-unlimited, no_class};
      for (std::uint32_t z = t; z < state.classes; z += threads) {
        const double here = value(z);
        if (here > at[t].value) at[t] = {here, z};
      }
    });
    find_best(block, at, threads);
  }

  template <class Block>
  MLL_DEVICE void record_best_moves(Block& block, ranked* at) const {
    constexpr unsigned run = threads / search_control::classes_per_step;
    const search_control now = *state.control;
    if (now.listed == 0) return;
    const bool is_swap = now.mode == search_mode::swap;
    const double start = exec::detail::from_fixed(now.loss);
    block.each_thread([&](unsigned t) {
      const std::uint32_t i = t / run;
      at[t] = {-unlimited, no_class};
      if (i >= now.listed) return;
      const std::uint32_t y = now.list[i];
      const std::uint32_t slot_count = is_swap ? state.count[y] : state.count[y] < state.per_class ? 1 : 0;
      for (std::uint32_t m = t % run; m < slot_count * state.max_candidates; m += run) {
        const std::uint32_t c = m % state.max_candidates;
        if (c >= state.candidate_count(y) || state.is_chosen(y, c)) continue;
        std::uint64_t& loss = state.losses[state.move_index(i, m / state.max_candidates, c)];
        const double gain = start - exec::detail::from_fixed(loss) - now.total_gain;
        if (gain > at[t].value) at[t] = {gain, m};
        loss = 0;
      }
    });
    find_best(block, at, run);
    block.each_thread([&](unsigned t) {
      const std::uint32_t i = t / run;
      if (t % run != 0 || i >= now.listed) return;
      const std::uint32_t m = at[t].index == no_class ? 0 : at[t].index;
      state.best_moves[now.list[i]] = {at[t].value, 0, m / state.max_candidates, m % state.max_candidates};
    });
  }

  MLL_DEVICE void apply(std::uint32_t y, search_control& control) const {
    const lazy_move& move = state.best_moves[y];
    const bool is_swap = control.mode == search_mode::swap;
    const std::uint32_t slot = is_swap ? move.slot : state.count[y]++;
    state.chosen[y * state.per_class + slot] = move.candidate;
    state.gains[y * state.per_class + slot] = static_cast<float>(move.gain);
    control.total_gain += move.gain;
    control.changed = y;
    if (is_swap && ++control.swaps == state.max_swaps) control.mode = search_mode::done;
  }
};

}  // namespace mll::detail
