// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "mll/exec/detail/device_code.hpp"
#include "mll/select/combine/detail/search_state.hpp"

namespace mll::detail {

/// Begins with the first candidate of every class: scores, the trees of rivals, and the loss; a thread a row.
struct start_search {
  static constexpr unsigned threads = 256;
  search_state state;

  template <class Block>
  MLL_DEVICE void operator()(Block& block) const {
    block.each_thread([&](unsigned t) {
      const std::uint32_t r = block.index() * threads + t;
      if (r >= state.rows) return;
      const std::uint32_t label = state.label[r];
      const float weight = state.weight[r];
      float truth = 0;
      for (std::uint32_t y = 0; y < state.classes; ++y) {
        const float score = state.logit(state.candidate(y, 0), r);
        if (y == label) truth = score;
        state.tree(state.classes + y, r) = y == label ? lowest_score : score;
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
      for (std::uint32_t y = 0; y < state.classes; ++y) state.note_confusion(y, r, weight);
    });
  }
};

/// What has to be done for every row: takes in the class that has changed, and weighs the moves of the listed
/// classes. A thread a row in turn with a warp a move.
struct look_at_rows {
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
        if (t < rows_per_block && r < state.rows) take_in(now.changed, r);
      });
    }
    for (std::uint32_t i = 0; i < now.listed; ++i) weigh(block, now, i);
  }

 private:
  // The rows of a block as a question about one class sees them: a row is worth -log(a + b e^(sign l)) with
  // the logit l of the candidate, over the number of heads.
  struct memory {
    float a[rows_per_block];
    float b[rows_per_block];
    float sign[rows_per_block];
    float weight[rows_per_block];
  };
  // Scores so far apart decide a row for good; beyond this their exponentials leave the range.
  static constexpr float far = 40;
  static constexpr float worst = 1.3e9F;  // as on the host, where it is 21 nats a row

  MLL_DEVICE void take_in(std::uint32_t y, std::uint32_t r) const {
    const std::uint32_t label = state.label[r];
    const float weight = state.weight[r];
    const float score = state.sum_of(y, state.count[y], r) / static_cast<float>(state.count[y]);
    float here = score;
    if (y == label) {
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
    const float moved = std::abs(total - state.total[r]);
    state.total[r] = total;
    exec::detail::atomic_add(state.unrest[label],
                             exec::detail::to_fixed(static_cast<double>(weight * moved)));
    state.note_confusion(y, r, weight);
  }

  template <class Block>
  MLL_DEVICE void weigh(Block& block, const search_control& now, std::uint32_t i) const {
    memory& row = block.template shared<memory>();
    typename Block::template registers<float> rivals;
    typename Block::template registers<double> sum;
    const std::uint32_t y = now.list[i];
    const std::uint32_t chosen = state.count[y];
    const bool is_exchange = now.mode == search_mode::exchange;
    const std::uint32_t last_slot = is_exchange ? chosen : chosen + 1;
    if (!is_exchange && chosen >= state.per_class) return;
    block.each_thread([&](unsigned t) {
      const std::uint32_t r = block.index() * rows_per_block + t;
      if (t >= rows_per_block) return;
      row.weight[t] = r < state.rows ? state.weight[r] : 0.0F;
      rivals[t] = r < state.rows ? state.rivals_without(y, r) : 0.0F;
    });
    for (std::uint32_t slot = is_exchange ? 0 : chosen; slot < last_slot; ++slot) {
      const auto heads = static_cast<float>(is_exchange ? chosen : chosen + 1);
      block.each_thread([&](unsigned t) {
        const std::uint32_t r = block.index() * rows_per_block + t;
        if (t >= rows_per_block || r >= state.rows) return;
        const float others = state.sum_of(y, slot, r) / heads;
        const float truth = state.truth[r];
        const bool is_own = state.label[r] == y;
        row.a[t] = is_own ? 1.0F : 1.0F + exp_up_to(rivals[t] - truth);
        row.b[t] = exp_up_to(is_own ? rivals[t] - others : others - truth);
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
            const float within = logit < -far ? -far : logit > far ? far : logit;
            const float odds = row.a[at] + row.b[at] * std::exp(row.sign[at] * within);
            sum[t] += static_cast<double>(row.weight[at] * std::log(odds < worst ? odds : worst));
          }
        });
        block.warp_sum(sum);
        block.each_thread([&](unsigned t) {
          const std::uint32_t c = first + t / 32;
          if (t % 32 == 0 && c < candidates && !state.is_chosen(y, c))
            exec::detail::atomic_add(state.losses[state.move_index(i, is_exchange ? slot : 0, c)],
                                     exec::detail::to_fixed(sum[t]));
        });
      }
    }
  }
  MLL_DEVICE static float exp_up_to(float x) { return std::exp(x < far ? x : far); }
};

/// After a change, how much more the offer of each class may be worth than when it was made; a warp a class.
struct unsettle_offers {
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
      for (std::uint32_t label = t % 32; label < state.classes; label += 32)
        sum[t] += exec::detail::from_fixed(confusion[label]) * exec::detail::from_fixed(state.unrest[label]);
    });
    block.warp_sum(sum);
    block.each_thread([&](unsigned t) {
      const std::uint32_t z = block.index() * classes_per_block + t / 32;
      if (t % 32 != 0 || z >= state.classes) return;
      // An offer is never taken unseen: even where nothing changed there is an allowance for rounding.
      constexpr double rounding = 1e-9;
      const bool is_open = z == changed || state.caution == unlimited;
      state.offers[z].allowance += is_open ? unlimited : rounding + state.caution * sum[t];
    });
  }
};

}  // namespace mll::detail
