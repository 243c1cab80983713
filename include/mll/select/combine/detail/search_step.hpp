// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "mll/exec/detail/device_code.hpp"
#include "mll/select/combine/detail/search_state.hpp"

namespace mll::detail {

/// Decides the next step of a search; one block. Records the best move of each evaluated class, then lists
/// classes whose upper bound exceeds the best gain. If there are none, applies the best move; if no move
/// gains enough, goes on to swaps or ends. Ties go to the lower class, then to the better candidate. Makes
/// the decisions of `greedy_search`.
struct choose_step {
  static constexpr unsigned threads = 1024;
  search_state state;
  bool is_after_move = false;  ///< only lists classes, if the step has made a move

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    if (state.control->mode == search_mode::done) return;
    if (is_after_move && state.control->changed == no_class) return;
    memory& shared = block.template shared<memory>();
    if (!is_after_move) record_best_moves(block);
    list_classes(block, shared);

    const bool is_move = shared.listed == 0 && shared.best.value > state.min_gain;
    block.each_thread([&](unsigned t) {
      if (is_after_move) return;
      if (is_move) {
        const std::uint32_t y = shared.best.index;
        for (std::uint32_t z = t; z < state.classes; z += threads) {
          state.mean_change[z] = 0;
          state.confusion[static_cast<std::size_t>(y) * state.classes + z] = 0;
        }
      } else if (shared.listed == 0 && state.control->mode == search_mode::add) {
        for (std::uint32_t z = t; z < state.classes; z += threads) state.lazy[z].reset();
      }
    });
    block.each_thread([&](unsigned t) {
      if (t != 0) return;
      search_control& control = *state.control;
      control.changed = no_class;
      control.listed = shared.listed;
      control.threshold = shared.threshold;
      control.evaluations += shared.listed;
      for (std::uint32_t i = 0; i < shared.listed; ++i) control.list[i] = shared.list[i];
      if (shared.listed != 0 || is_after_move) return;
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
  static constexpr std::uint32_t max_listed = search_control::classes_per_step;
  static constexpr std::uint32_t classes_at_once = 1024;

  struct ranked {
    double value;
    std::uint32_t index;
  };
  static constexpr unsigned warps = threads / 32;
  static_assert(warps == 32, "the first warp reduces one value per warp");

  struct memory {
    ranked at[warps];
    double likely[warps];  // gains that do not hold now
    ranked best;
    double bound[classes_at_once];
    std::uint32_t index[classes_at_once];
    double threshold;
    std::uint32_t exceeding;
    std::uint32_t listed;
    std::uint32_t list[max_listed];
  };

  MLL_DEVICE static bool is_better(const ranked& a, const ranked& b) {
    return a.value != b.value ? a.value > b.value : a.index < b.index;
  }
  // The best and the most likely of each warp.
  template <class Block, class Best, class Likely>
  MLL_DEVICE static void reduce_warps(Block& block, Best& best, Likely& likely) {
    block.warp_reduce(best, [](const ranked& a, const ranked& b) { return is_better(b, a) ? b : a; });
    block.warp_reduce(likely, [](double a, double b) { return b > a ? b : a; });
  }

  // Sets `best` to the best of the evaluated classes, and lists those of the others whose upper bound exceeds
  // its gain, by decreasing bound. Gains change little, so classes that exceed even the greatest gain of the
  // last evaluations come first.
  template <class Block>
  MLL_DEVICE void list_classes(Block& block, memory& shared) const {
    typename Block::template registers<ranked> best;
    typename Block::template registers<double> likely;
    block.each_thread([&](unsigned t) {
      best[t] = {-unlimited, no_class};
      likely[t] = -unlimited;
      for (std::uint32_t z = t; z < state.classes; z += threads) {
        const lazy_class lazy = state.lazy[z];
        if (lazy.is_exact()) {
          if (lazy.gain > best[t].value) best[t] = {lazy.gain, z};
        } else if (lazy.gain > likely[t]) {
          likely[t] = lazy.gain;
        }
      }
      if (t == 0) shared.listed = 0;
    });
    reduce_warps(block, best, likely);
    block.each_thread([&](unsigned t) {
      if (t % 32 != 0) return;
      shared.at[t / 32] = best[t];
      shared.likely[t / 32] = likely[t];
    });
    block.each_thread([&](unsigned t) {
      if (t >= warps) return;
      best[t] = shared.at[t];
      likely[t] = shared.likely[t];
    });
    reduce_warps(block, best, likely);
    block.each_thread([&](unsigned t) {
      if (t != 0) return;
      shared.best = best[t];
      const double found = best[t].value > state.min_gain ? best[t].value : state.min_gain;
      shared.threshold = likely[t] > found ? likely[t] : found;
    });
    const double threshold = shared.threshold;
    for (std::uint32_t first = 0; first < state.classes && shared.listed == 0; first += classes_at_once) {
      const std::uint32_t end =
          state.classes - first < classes_at_once ? state.classes : first + classes_at_once;
      block.each_thread([&](unsigned t) {
        if (t == 0) shared.exceeding = 0;
      });
      block.each_thread([&](unsigned t) {
        for (std::uint32_t z = first + t; z < end; z += threads) {
          const double bound = state.lazy[z].upper_bound();
          if (!(bound >= threshold)) continue;
          const std::uint32_t slot = exec::detail::atomic_add(shared.exceeding, 1U);
          shared.bound[slot] = bound;
          shared.index[slot] = z;
        }
      });
      block.each_thread([&](unsigned t) {
        const std::uint32_t exceeding = shared.exceeding;
        for (std::uint32_t i = t; i < exceeding; i += threads) {
          const ranked here{shared.bound[i], shared.index[i]};
          std::uint32_t rank = 0;
          constexpr unsigned at_once = 8;  // loads in flight
          for (std::uint32_t j = 0; j < exceeding && rank < max_listed; j += at_once) {
            MLL_UNROLL
            for (unsigned k = 0; k < at_once; ++k) {
              const std::uint32_t other = j + k < exceeding ? j + k : i;  // not better than itself
              rank += is_better({shared.bound[other], shared.index[other]}, here) ? 1 : 0;
            }
          }
          if (rank < max_listed) shared.list[rank] = here.index;
        }
        if (t == 0) shared.listed = exceeding < max_listed ? exceeding : max_listed;
      });
    }
  }

  // Records the gains of the moves that were evaluated, and upper bounds for the others of their class.
  template <class Block>
  MLL_DEVICE void record_best_moves(Block& block) const {
    static_assert(search_control::classes_per_step == warps, "one warp per class");
    const std::uint32_t listed = state.control->listed;
    if (listed == 0) return;
    const bool is_swap = state.control->mode == search_mode::swap;
    const double start = exec::detail::from_fixed(state.control->loss) - state.control->total_gain;
    const double threshold = state.control->threshold;
    typename Block::template registers<ranked> best;
    typename Block::template registers<double> max_base;  // of the moves that were not evaluated
    block.each_thread([&](unsigned t) {
      const std::uint32_t i = t / 32;
      best[t] = {-unlimited, no_class};
      max_base[t] = -unlimited;
      if (i >= listed) return;
      const std::uint32_t y = state.control->list[i];
      const lazy_class lazy = state.lazy[y];
      const std::uint32_t slot_count = is_swap ? state.count[y] : state.count[y] < state.per_class ? 1 : 0;
      const std::uint32_t candidates = state.candidate_count(y);
      const std::uint32_t moves = slot_count * candidates;
      constexpr unsigned at_once = 4;  // loads in flight
      for (std::uint32_t first = t % 32; first < moves; first += 32 * at_once) {
        move_bound bounds[at_once];
        std::uint64_t losses[at_once];
        MLL_UNROLL
        for (unsigned k = 0; k < at_once; ++k) {
          const std::uint32_t m = first + 32 * k < moves ? first + 32 * k : first;
          bounds[k] = state.bounds[state.move_index(y, m / candidates, m % candidates)];
          losses[k] = state.losses[state.move_index(i, m / candidates, m % candidates)];
        }
        MLL_UNROLL
        for (unsigned k = 0; k < at_once; ++k) {
          const std::uint32_t m = first + 32 * k;
          if (m >= moves || state.is_chosen(y, m % candidates)) continue;
          if (lazy.needs(bounds[k], threshold)) {
            const double gain = start - exec::detail::from_fixed(losses[k]);
            state.losses[state.move_index(i, m / candidates, m % candidates)] = 0;
            state.bounds[state.move_index(y, m / candidates, m % candidates)] = {gain - lazy.drift,
                                                                                 lazy.drift, lazy.epoch};
            if (gain > best[t].value) best[t] = {gain, m};
          } else if (bounds[k].drift != lazy.drift && bounds[k].base > max_base[t]) {
            max_base[t] = bounds[k].base;
          }
        }
      }
    });
    reduce_warps(block, best, max_base);
    block.each_thread([&](unsigned t) {
      const std::uint32_t i = t / 32;
      if (t % 32 != 0 || i >= listed) return;
      const std::uint32_t y = state.control->list[i];
      lazy_class& lazy = state.lazy[y];
      lazy.max_base = max_base[t];
      const std::uint32_t candidates = state.candidate_count(y);
      // Moves that were evaluated before, since the last drift, compete.
      const ranked before{lazy.is_exact() ? lazy.gain : -unlimited, lazy.slot * candidates + lazy.candidate};
      if (!is_better(before, best[t])) {
        const std::uint32_t m = best[t].index == no_class ? 0 : best[t].index;
        lazy.gain = best[t].value;
        lazy.slot = m / candidates;
        lazy.candidate = m % candidates;
      }
      lazy.at = lazy.drift;
    });
  }

  MLL_DEVICE void apply(std::uint32_t y, search_control& control) const {
    const lazy_class& move = state.lazy[y];
    const bool is_swap = control.mode == search_mode::swap;
    const std::uint32_t slot = is_swap ? move.slot : state.count[y]++;
    state.chosen[y * state.per_class + slot] = move.candidate;
    state.gains[y * state.per_class + slot] = static_cast<float>(move.gain);
    control.total_gain += move.gain;
    control.changed = y;
    ++control.moves;
    if (is_swap && ++control.swaps == state.max_swaps) control.mode = search_mode::done;
  }
};

}  // namespace mll::detail
