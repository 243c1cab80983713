// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mll/exec/detail/device_code.hpp"
#include "mll/select/combine/detail/search_state.hpp"

namespace mll::detail {

/// What a search decides between two looks at the rows; one block. Takes the best move of each listed class
/// for its offer; lists the classes that could have a better one than the best offer known; if there are
/// none, makes that move, or goes on to exchanges, or ends. Ties go to the lower class, then to the better
/// candidate. The same decisions as in `greedy_search`.
struct settle_offers {
  static constexpr unsigned threads = 256;
  search_state state;

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    if (state.control->mode == search_mode::done) return;
    memory& shared = block.template shared<memory>();
    note_offers(block, shared.at);

    best_class(block, shared.at, [&](std::uint32_t z) {
      const search_offer& offer = state.offers[z];
      return offer.allowance == 0 ? offer.gain : -unlimited;
    });
    block.each_thread([&](unsigned t) {
      if (t != 0) return;
      shared.best = shared.at[0];
      shared.listed = 0;
    });
    const double threshold = shared.best.value > state.least_gain ? shared.best.value : state.least_gain;
    for (std::uint32_t i = 0; i < search_control::together && shared.listed == i; ++i) {
      best_class(block, shared.at, [&](std::uint32_t z) {
        for (std::uint32_t j = 0; j < i; ++j) {
          if (shared.list[j] == z) return -unlimited;
        }
        const search_offer& offer = state.offers[z];
        const double value = offer.at_best();
        return offer.allowance != 0 && value >= threshold ? value : -unlimited;
      });
      block.each_thread([&](unsigned t) {
        if (t != 0 || shared.at[0].index == no_class) return;
        shared.list[i] = shared.at[0].index;
        shared.listed = i + 1;
      });
    }
    const bool is_move = shared.listed == 0 && shared.best.value > state.least_gain;
    block.each_thread([&](unsigned t) {
      if (is_move) {
        const std::uint32_t y = shared.best.index;
        for (std::uint32_t z = t; z < state.classes; z += threads) {
          state.unrest[z] = 0;
          state.confusion[static_cast<std::size_t>(y) * state.classes + z] = 0;
        }
      } else if (shared.listed == 0 && state.control->mode == search_mode::add) {
        for (std::uint32_t z = t; z < state.classes; z += threads) state.offers[z] = {};
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
        make(shared.best.index, control);
      } else if (control.mode == search_mode::add && state.most_exchanges != 0) {
        control.mode = search_mode::exchange;
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
    std::uint32_t list[search_control::together];
  };

  MLL_DEVICE static bool is_better(const ranked& a, const ranked& b) {
    return a.value != b.value ? a.value > b.value : a.index < b.index;
  }
  // Of each run of so many threads the best goes to its first one.
  template <class Block>
  MLL_DEVICE static void find_best(Block& block, ranked* at, unsigned run) {
    for (unsigned step = run / 2; step > 0; step /= 2) {
      block.each_thread([&](unsigned t) {
        if (t % run < step && is_better(at[t + step], at[t])) at[t] = at[t + step];
      });
    }
  }
  // The class of greatest value to at[0]; no class if all values are minus infinity.
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
  MLL_DEVICE void note_offers(Block& block, ranked* at) const {
    constexpr unsigned run = threads / search_control::together;
    const search_control now = *state.control;
    if (now.listed == 0) return;
    const bool is_exchange = now.mode == search_mode::exchange;
    const double start = exec::detail::from_fixed(now.loss);
    block.each_thread([&](unsigned t) {
      const std::uint32_t i = t / run;
      at[t] = {-unlimited, no_class};
      if (i >= now.listed) return;
      const std::uint32_t y = now.list[i];
      const std::uint32_t places = is_exchange ? state.count[y] : state.count[y] < state.per_class ? 1 : 0;
      for (std::uint32_t m = t % run; m < places * state.most; m += run) {
        const std::uint32_t c = m % state.most;
        if (c >= state.candidate_count(y) || state.is_chosen(y, c)) continue;
        std::uint64_t& loss = state.losses[state.move_index(i, m / state.most, c)];
        const double gain = start - exec::detail::from_fixed(loss) - now.gained;
        if (gain > at[t].value) at[t] = {gain, m};
        loss = 0;
      }
    });
    find_best(block, at, run);
    block.each_thread([&](unsigned t) {
      const std::uint32_t i = t / run;
      if (t % run != 0 || i >= now.listed) return;
      const std::uint32_t m = at[t].index == no_class ? 0 : at[t].index;
      state.offers[now.list[i]] = {at[t].value, 0, m / state.most, m % state.most};
    });
  }

  MLL_DEVICE void make(std::uint32_t y, search_control& control) const {
    const search_offer& offer = state.offers[y];
    const bool is_exchange = control.mode == search_mode::exchange;
    const std::uint32_t slot = is_exchange ? offer.slot : state.count[y]++;
    state.chosen[y * state.per_class + slot] = offer.candidate;
    state.gains[y * state.per_class + slot] = static_cast<float>(offer.gain);
    control.gained += offer.gain;
    control.changed = y;
    if (is_exchange && ++control.exchanges == state.most_exchanges) control.mode = search_mode::done;
  }
};

}  // namespace mll::detail
