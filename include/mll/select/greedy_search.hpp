// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/select/coded_head_pool.hpp"
#include "mll/select/detail/coded_scores.hpp"
#include "mll/select/detail/joint_scores.hpp"
#include "mll/select/head_search.hpp"
#include "mll/select/objective.hpp"

namespace mll {

/// Greedy forward selection with swaps: every class begins with its first candidate; then the one head that
/// raises the objective most is added, whichever class it is for, until nothing raises it or all classes are
/// full; then single heads are exchanged while that helps. The objective never falls from one step to the
/// next.
///
/// A step changes what all others are worth, but mostly by little. So after a step a class is looked at again
/// only if the best gain that it offered last, and `caution` times what the steps since may have changed in
/// it, could be the best of all (lazy evaluation, after Minoux 1978, with an allowance: gains may grow). That
/// allowance is known for log-likelihood; for other objectives every class is looked at after every step.
///
/// Ties go to the lower class, then to the better candidate.
/// Complexity: O(rows (log classes + candidates)) for each class that is looked at: all of them at first,
/// some after each step.
/// Determinism: the same on every backend and thread count.
struct greedy_search {
  double least_gain = 1e-6;     ///< smaller gains are taken for noise
  std::size_t swap_passes = 4;  ///< at most so many exchanges per class are made
  double caution = 2;           ///< not negative; with infinity every class is looked at after every step

  /// Throws: `invalid_argument` if `caution` is negative.
  template <exec::execution_backend Backend, selection_objective Objective>
  [[nodiscard]] std::vector<std::vector<head_pick>> operator()(const Backend& backend, const head_pool& pool,
                                                               Objective) const {
    return run(backend, detail::joint_scores<Objective>{pool});
  }
  /// The same on coded responses.
  template <exec::execution_backend Backend, class Codec>
  [[nodiscard]] std::vector<std::vector<head_pick>> operator()(const Backend& backend,
                                                               const coded_head_pool<Codec>& pool,
                                                               log_likelihood) const {
    return run(backend, detail::coded_scores<Codec>{pool});
  }

 private:
  template <class Backend, class State>
  std::vector<std::vector<head_pick>> run(const Backend& backend, State state) const {
    if (!(caution >= 0)) throw invalid_argument{"caution", "at least 0", std::to_string(caution)};
    const std::size_t classes = state.class_count();
    std::vector<std::vector<head_pick>> picks(classes);
    for (std::size_t y = 0; y < classes; ++y) {
      state.add(y, 0);
      picks[y].push_back({0, 0});
    }
    double current = state.objective();

    std::vector<offer> offers(classes);
    for (;;) {
      const move best =
          best_move(backend, state, current, offers, [&](std::size_t y) { return addable(state, y); });
      if (!(best.gain > least_gain)) break;
      state.add(best.y, best.candidate);
      unsettle(state, best.y, offers);
      picks[best.y].push_back({best.candidate, static_cast<float>(best.gain)});
      current += best.gain;
    }
    offers.assign(classes, {});
    for (std::size_t pass = 0; pass < swap_passes * classes; ++pass) {
      const move best =
          best_move(backend, state, current, offers, [&](std::size_t y) { return exchanges(state, y); });
      if (!(best.gain > least_gain)) break;
      state.replace(best.y, best.slot, best.candidate);
      unsettle(state, best.y, offers);
      picks[best.y][best.slot] = {best.candidate, static_cast<float>(best.gain)};
      current += best.gain;
    }
    return picks;
  }

  static constexpr std::size_t no_slot = static_cast<std::size_t>(-1);

  struct move {
    std::size_t y = 0;
    std::size_t slot = no_slot;  // no_slot: add
    std::size_t candidate = 0;
    double gain = -std::numeric_limits<double>::infinity();
  };
  // The best move of a class when it was last looked at, and by how much it may have grown since.
  struct offer {
    move best = {};
    double allowance = std::numeric_limits<double>::infinity();

    [[nodiscard]] bool is_fresh() const noexcept { return allowance == 0; }
    [[nodiscard]] double at_best() const noexcept {
      return std::isinf(allowance) ? allowance : best.gain + allowance;
    }
  };

  // Notes what a change of class y may have changed in the offers of all.
  template <class State>
  void unsettle(const State& state, std::size_t y, std::vector<offer>& offers) const {
    constexpr double everything = std::numeric_limits<double>::infinity();
    // An offer is never taken unseen: even where nothing changed there is an allowance for rounding.
    constexpr double rounding = 1e-9;
    const auto changed = state.disturbance();
    for (std::size_t z = 0; z < offers.size(); ++z) {
      const auto by = static_cast<double>(changed[static_cast<Eigen::Index>(z)]);
      offers[z].allowance += z == y || std::isinf(caution) ? everything : rounding + caution * by;
    }
  }

  template <class State>
  static std::vector<move> addable(const State& state, std::size_t y) {
    std::vector<move> out;
    if (state.chosen(y).size() >= state.heads_per_class()) return out;
    for (std::size_t c = 0; c < state.candidate_count(y); ++c) {
      if (!contains(state.chosen(y), c)) out.push_back({.y = y, .candidate = c});
    }
    return out;
  }
  template <class State>
  static std::vector<move> exchanges(const State& state, std::size_t y) {
    std::vector<move> out;
    for (std::size_t slot = 0; slot < state.chosen(y).size(); ++slot) {
      for (std::size_t c = 0; c < state.candidate_count(y); ++c) {
        if (!contains(state.chosen(y), c)) out.push_back({.y = y, .slot = slot, .candidate = c});
      }
    }
    return out;
  }
  static bool contains(const std::vector<std::size_t>& values, std::size_t value) {
    return std::find(values.begin(), values.end(), value) != values.end();
  }

  // Looks at classes, the most promising first, until no other can be better than the best one seen. How many
  // are looked at together does not depend on the backend.
  template <class Backend, class State, class Moves>
  move best_move(const Backend& backend, const State& state, double current, std::vector<offer>& offers,
                 const Moves& moves_of) const {
    constexpr std::size_t together = 4;
    for (;;) {
      move best;
      for (const offer& one : offers) {
        if (one.is_fresh() && one.best.gain > best.gain) best = one.best;
      }
      std::vector<std::size_t> promising;
      const auto at_best = [&](std::size_t y) { return offers[y].at_best(); };
      for (std::size_t y = 0; y < offers.size(); ++y) {
        if (!offers[y].is_fresh() && at_best(y) >= std::max(best.gain, least_gain)) promising.push_back(y);
      }
      if (promising.empty()) return best;
      const std::size_t looked_at = std::min(together, promising.size());
      std::partial_sort(promising.begin(), promising.begin() + static_cast<std::ptrdiff_t>(looked_at),
                        promising.end(), [&](std::size_t a, std::size_t b) {
                          return at_best(a) != at_best(b) ? at_best(a) > at_best(b) : a < b;
                        });
      exec::for_each_index(backend, looked_at, [&](std::size_t i) {
        offers[promising[i]] = {best_of_class(state, promising[i], current, moves_of(promising[i])), 0};
      });
    }
  }
  template <class State>
  static move best_of_class(const State& state, std::size_t y, double current,
                            const std::vector<move>& moves) {
    move best{.y = y};
    if (moves.empty()) return best;
    auto outlook = state.look(y);
    for (move m : moves) {
      m.gain =
          (m.slot == no_slot ? outlook.with(m.candidate) : outlook.swapped(m.slot, m.candidate)) - current;
      if (m.gain > best.gain) best = m;
    }
    return best;
  }
};

static_assert(head_search<greedy_search>);

}  // namespace mll
