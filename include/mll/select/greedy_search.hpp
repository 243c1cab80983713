// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/select/detail/joint_scores.hpp"
#include "mll/select/head_search.hpp"
#include "mll/select/objective.hpp"

namespace mll {

/// Greedy forward selection with swaps: every class begins with its first candidate; then the one head that
/// raises the objective most is added, whichever class it is for, until nothing raises it or all classes are
/// full; then single heads are exchanged while that helps. The objective never falls from one step to the
/// next.
///
/// Ties go to the lower class, then to the better candidate.
/// Complexity: O(steps rows (classes^2 + candidates)), classes over the backend.
/// Determinism: the same on every backend and thread count.
struct greedy_search {
  double least_gain = 1e-6;     ///< smaller gains are taken for noise
  std::size_t swap_passes = 4;  ///< at most so many exchanges per class are made

  template <exec::execution_backend Backend, selection_objective Objective>
  [[nodiscard]] std::vector<std::vector<head_pick>> operator()(const Backend& backend, const head_pool& pool,
                                                               Objective) const {
    const std::size_t classes = pool.logits.size();
    detail::joint_scores<Objective> state{pool};
    std::vector<std::vector<head_pick>> picks(classes);
    for (std::size_t y = 0; y < classes; ++y) {
      state.add(y, 0);
      picks[y].push_back({0, 0});
    }
    double current = state.objective();

    for (;;) {
      const move best =
          best_move(backend, pool, state, [&](std::size_t y) { return addable(pool, state, y); });
      if (!(best.objective > current + least_gain)) break;
      state.add(best.y, best.candidate);
      picks[best.y].push_back({best.candidate, static_cast<float>(best.objective - current)});
      current = best.objective;
    }
    for (std::size_t pass = 0; pass < swap_passes * classes; ++pass) {
      const move best =
          best_move(backend, pool, state, [&](std::size_t y) { return exchanges(pool, state, y); });
      if (!(best.objective > current + least_gain)) break;
      state.replace(best.y, best.slot, best.candidate);
      picks[best.y][best.slot] = {best.candidate, static_cast<float>(best.objective - current)};
      current = best.objective;
    }
    return picks;
  }

 private:
  static constexpr std::size_t no_slot = static_cast<std::size_t>(-1);

  struct move {
    std::size_t y = 0;
    std::size_t slot = no_slot;  // no_slot: add
    std::size_t candidate = 0;
    double objective = -std::numeric_limits<double>::infinity();
  };

  template <class State>
  static std::vector<move> addable(const head_pool& pool, const State& state, std::size_t y) {
    std::vector<move> out;
    if (state.chosen(y).size() >= pool.heads_per_class) return out;
    for (std::size_t c = 0; c < static_cast<std::size_t>(pool.logits[y].cols()); ++c) {
      if (!contains(state.chosen(y), c)) out.push_back({y, no_slot, c});
    }
    return out;
  }
  template <class State>
  static std::vector<move> exchanges(const head_pool& pool, const State& state, std::size_t y) {
    std::vector<move> out;
    for (std::size_t slot = 0; slot < state.chosen(y).size(); ++slot) {
      for (std::size_t c = 0; c < static_cast<std::size_t>(pool.logits[y].cols()); ++c) {
        if (!contains(state.chosen(y), c)) out.push_back({y, slot, c});
      }
    }
    return out;
  }
  static bool contains(const std::vector<std::size_t>& values, std::size_t value) {
    return std::find(values.begin(), values.end(), value) != values.end();
  }

  // One call a class, so that threads are woken once a step.
  template <class Backend, class State, class Moves>
  static move best_move(const Backend& backend, const head_pool& pool, const State& state,
                        const Moves& moves_of) {
    std::vector<move> best_of_class(pool.logits.size());
    exec::for_each_index(backend, best_of_class.size(), [&](std::size_t y) {
      const std::vector<move> moves = moves_of(y);
      if (moves.empty()) return;
      const Eigen::ArrayXf rivals = state.rivals_without(y);
      for (move m : moves) {
        m.objective = state.objective(
            y, m.slot == no_slot ? state.with(y, m.candidate) : state.swapped(y, m.slot, m.candidate),
            rivals);
        if (m.objective > best_of_class[y].objective) best_of_class[y] = m;
      }
    });
    return *std::max_element(best_of_class.begin(), best_of_class.end(),
                             [](const move& a, const move& b) { return a.objective < b.objective; });
  }
};

static_assert(head_search<greedy_search>);

}  // namespace mll
