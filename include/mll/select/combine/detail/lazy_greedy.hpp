// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/select/combine/detail/head_move.hpp"
#include "mll/select/combine/detail/lazy_gains.hpp"
#include "mll/select/combine/head_pool.hpp"

namespace mll::detail {

/// The steps and options of `greedy_search`, independent of what evaluates the moves.
///
/// A `State` has the present choice and, for a `const Place` where it runs:
/// - `class_count()`, `heads_per_class()`, `candidate_count(y)`, `chosen(y)`
/// - `objective()`: of the present choice
/// - `after(place, moves)`: `std::vector<double>`, the objective after each of the moves alone; moves are
///   sorted by class and slot
/// - `apply(place, move)`: makes a move
/// - `drift()`: per class, an estimate of how much the last move can have changed the gains of its moves
struct lazy_greedy {
  double min_gain = 1e-6;
  std::size_t max_swaps_per_class = 4;
  double bound_inflation = 2;

  /// Throws: `invalid_argument` if `bound_inflation` is negative.
  void check() const {
    if (!(bound_inflation >= 0))
      throw invalid_argument{"bound_inflation", "at least 0", number_text(bound_inflation)};
  }

  /// @param[in,out] state every class has chosen its first candidate
  template <class Place, class State>
  [[nodiscard]] std::vector<std::vector<head_pick>> run(const Place& place, State& state) const {
    const std::size_t classes = state.class_count();
    std::vector<std::vector<head_pick>> picks(classes, {{0, 0}});
    double current = state.objective();
    const auto improve = [&](std::size_t max_steps, const auto& moves_of) {
      std::vector<lazy_gains> gains(classes);
      for (std::size_t step = 0; step < max_steps; ++step) {
        const evaluated_move best = best_move(place, state, current, gains, moves_of);
        if (!(best.gain > min_gain)) return;
        state.apply(place, best.move);
        loosen_bounds(state, best.move.y, gains);
        auto& of_class = picks[best.move.y];
        of_class.resize(std::max(of_class.size(), best.move.slot + 1));
        of_class[best.move.slot] = {best.move.candidate, static_cast<float>(best.gain)};
        current += best.gain;
      }
    };
    improve(classes * state.heads_per_class(), [&](std::size_t y) { return additions(state, y); });
    improve(classes * max_swaps_per_class, [&](std::size_t y) { return swaps(state, y); });
    return picks;
  }

 private:
  using evaluated_move = lazy_gains::evaluated_move;

  // After a change of class y.
  template <class State>
  void loosen_bounds(const State& state, std::size_t y, std::vector<lazy_gains>& gains) const {
    // Positive even where nothing changed, so that every move is evaluated before it is made.
    constexpr double rounding = 1e-9;
    const auto drift = state.drift();
    for (std::size_t z = 0; z < gains.size(); ++z) {
      if (z == y || std::isinf(bound_inflation)) {
        gains[z] = {};  // other moves, or gains without a bound
      } else {
        gains[z].loosen_bounds(rounding + bound_inflation * static_cast<double>(drift.data()[z]));
      }
    }
  }

  template <class State>
  static std::vector<head_move> additions(const State& state, std::size_t y) {
    std::vector<head_move> out;
    if (state.chosen(y).size() >= state.heads_per_class()) return out;
    for (std::size_t c = 0; c < state.candidate_count(y); ++c) {
      if (!contains(state.chosen(y), c)) out.push_back({y, state.chosen(y).size(), c});
    }
    return out;
  }
  template <class State>
  static std::vector<head_move> swaps(const State& state, std::size_t y) {
    std::vector<head_move> out;
    for (std::size_t slot = 0; slot < state.chosen(y).size(); ++slot) {
      for (std::size_t c = 0; c < state.candidate_count(y); ++c) {
        if (!contains(state.chosen(y), c)) out.push_back({y, slot, c});
      }
    }
    return out;
  }
  static bool contains(const std::vector<std::size_t>& values, std::size_t value) {
    return std::find(values.begin(), values.end(), value) != values.end();
  }

  // Evaluates moves by decreasing upper bound until no other bound exceeds the best gain. The sizes of the
  // batches do not depend on the place.
  template <class Place, class State, class Moves>
  evaluated_move best_move(const Place& place, State& state, double current, std::vector<lazy_gains>& gains,
                           const Moves& moves_of) const {
    constexpr std::size_t new_batch = 256;  // classes without bounds are added up to this many moves
    constexpr std::size_t stale_batch = 32;
    std::vector<lazy_gains::entry> batch;
    std::vector<lazy_gains::entry> stale;
    std::vector<head_move> moves;
    for (;;) {
      evaluated_move best;
      for (const auto& of_class : gains) {
        if (const evaluated_move here = of_class.best(); here.gain > best.gain) best = here;
      }
      const double threshold = std::max(best.gain, min_gain);
      batch.clear();
      stale.clear();
      for (std::size_t y = 0; y < gains.size(); ++y) {
        if (gains[y].is_valid()) {
          gains[y].list_stale(y, threshold, stale);
        } else if (batch.size() < new_batch) {
          gains[y].reset(moves_of(y));
          gains[y].list_stale(y, threshold, batch);
        }
      }
      const std::size_t taken = std::min(stale_batch, stale.size());
      const auto last = stale.begin() + static_cast<std::ptrdiff_t>(taken);
      std::partial_sort(stale.begin(), last, stale.end(), [](const auto& a, const auto& b) {
        return a.upper_bound != b.upper_bound ? a.upper_bound > b.upper_bound : a.comes_before(b);
      });
      batch.insert(batch.end(), stale.begin(), last);
      if (batch.empty()) return best;
      std::sort(batch.begin(), batch.end(), [](const auto& a, const auto& b) { return a.comes_before(b); });

      moves.clear();
      for (const auto& [y, i, upper_bound] : batch) moves.push_back(gains[y].move(i));
      const std::vector<double> after = state.after(place, moves);
      for (std::size_t k = 0; k < batch.size(); ++k) gains[batch[k].y].record(batch[k].i, after[k] - current);
    }
  }
};

}  // namespace mll::detail
