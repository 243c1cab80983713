// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/select/combine/detail/coded_scores.hpp"
#include "mll/select/combine/detail/head_move.hpp"
#include "mll/select/combine/detail/joint_scores.hpp"
#include "mll/select/combine/detail/move_offers.hpp"
#include "mll/select/combine/head_pool.hpp"
#include "mll/select/combine/head_search.hpp"
#include "mll/select/combine/logit_pool.hpp"
#include "mll/select/combine/objective.hpp"

namespace mll {

/// Greedy forward selection with swaps: every class begins with its first candidate; then the one head that
/// raises the objective most is added, whichever class it is for, until nothing raises it or all classes are
/// full; then single heads are exchanged while that helps. The objective never falls from one step to the
/// next.
///
/// A step changes what all others are worth, but mostly by little. So after a step a head is looked at again
/// only if what it gained when it was looked at last, and `caution` times what the steps since may have
/// changed in that, could be the best of all (lazy evaluation, after Minoux 1978, with an allowance: gains
/// may grow). That allowance is known for log-likelihood; for other objectives every head is looked at after
/// every step.
///
/// Ties go to the lower class, then to the better candidate.
/// Complexity: O(rows) for each head that is looked at, all of them at first and some after each step, and
/// O(rows log classes) for each class of these.
/// Determinism: the same on every backend and thread count.
struct greedy_search {
  double least_gain = 1e-6;     ///< smaller gains are taken for noise
  std::size_t swap_passes = 4;  ///< at most so many exchanges per class are made
  double caution = 2;           ///< not negative; with infinity every head is looked at after every step

  /// Throws: `invalid_argument` if `caution` is negative.
  template <selection_objective Objective>
  [[nodiscard]] std::vector<std::vector<head_pick>> operator()(exec::backend_ref backend,
                                                               const head_pool& pool,
                                                               Objective objective) const {
    if constexpr (std::same_as<Objective, log_likelihood>) {
      check();
      detail::coded_scores<> state{backend, pool};
      return run(backend, state);
    } else {
      return (*this)(backend, logit_pool::of(pool), objective);
    }
  }
  /// The same on numbers, for any objective.
  template <selection_objective Objective>
  [[nodiscard]] std::vector<std::vector<head_pick>> operator()(exec::backend_ref backend,
                                                               const logit_pool& pool, Objective) const {
    check();
    detail::joint_scores<Objective> state{backend, pool};
    return run(backend, state);
  }

 private:
  void check() const {
    if (!(caution >= 0)) throw invalid_argument{"caution", "at least 0", std::to_string(caution)};
  }

  template <class State>
  std::vector<std::vector<head_pick>> run(exec::backend_ref backend, State& state) const {
    const std::size_t classes = state.class_count();
    std::vector<std::vector<head_pick>> picks(classes, {{0, 0}});
    double current = state.objective();
    const auto improve = [&](std::size_t most, const auto& moves_of) {
      std::vector<detail::move_offers> all(classes);
      for (std::size_t step = 0; step < most; ++step) {
        const offer best = best_move(backend, state, current, all, moves_of);
        if (!(best.gain > least_gain)) return;
        state.make(backend, best.move);
        unsettle(state, best.move.y, all);
        auto& of_class = picks[best.move.y];
        of_class.resize(std::max(of_class.size(), best.move.slot + 1));
        of_class[best.move.slot] = {best.move.candidate, static_cast<float>(best.gain)};
        current += best.gain;
      }
    };
    improve(classes * state.heads_per_class(), [&](std::size_t y) { return addable(state, y); });
    improve(classes * swap_passes, [&](std::size_t y) { return exchanges(state, y); });
    return picks;
  }

  using offer = detail::move_offers::offer;

  // Notes what a change of class y may have changed in the offers of all.
  template <class State>
  void unsettle(const State& state, std::size_t y, std::vector<detail::move_offers>& all) const {
    // An offer is never taken unseen: even where nothing changed there is an allowance for rounding.
    constexpr double rounding = 1e-9;
    const auto changed = state.disturbance();
    for (std::size_t z = 0; z < all.size(); ++z) {
      if (z == y || std::isinf(caution)) {
        all[z] = {};  // its moves are others now, or may be worth anything
      } else {
        all[z].unsettle(rounding + caution * static_cast<double>(changed[static_cast<Eigen::Index>(z)]));
      }
    }
  }

  template <class State>
  static std::vector<detail::head_move> addable(const State& state, std::size_t y) {
    std::vector<detail::head_move> out;
    if (state.chosen(y).size() >= state.heads_per_class()) return out;
    for (std::size_t c = 0; c < state.candidate_count(y); ++c) {
      if (!contains(state.chosen(y), c)) out.push_back({y, state.chosen(y).size(), c});
    }
    return out;
  }
  template <class State>
  static std::vector<detail::head_move> exchanges(const State& state, std::size_t y) {
    std::vector<detail::head_move> out;
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

  // Looks at moves, the most promising first, until no other can be better than the best one seen. How many
  // are looked at together does not depend on the backend.
  template <class State, class Moves>
  offer best_move(exec::backend_ref backend, const State& state, double current,
                  std::vector<detail::move_offers>& all, const Moves& moves_of) const {
    constexpr std::size_t new_ones = 256;  // moves of classes that nothing is known of
    constexpr std::size_t known_ones = 32;
    std::vector<detail::move_offers::place> asked;
    std::vector<detail::move_offers::place> promising;
    std::vector<detail::head_move> moves;
    for (;;) {
      offer best;
      for (const auto& one : all) {
        if (const offer here = one.best(); here.gain > best.gain) best = here;
      }
      const double least = std::max(best.gain, least_gain);
      asked.clear();
      promising.clear();
      for (std::size_t y = 0; y < all.size(); ++y) {
        if (all[y].is_known()) {
          all[y].list(y, least, promising);
        } else if (asked.size() < new_ones) {
          all[y].open(moves_of(y));
          all[y].list(y, least, asked);
        }
      }
      const std::size_t taken = std::min(known_ones, promising.size());
      const auto last = promising.begin() + static_cast<std::ptrdiff_t>(taken);
      std::partial_sort(promising.begin(), last, promising.end(), [](const auto& a, const auto& b) {
        return a.hope != b.hope ? a.hope > b.hope : a.comes_before(b);
      });
      asked.insert(asked.end(), promising.begin(), last);
      if (asked.empty()) return best;
      std::sort(asked.begin(), asked.end(), [](const auto& a, const auto& b) { return a.comes_before(b); });

      moves.clear();
      for (const auto& [y, i, hope] : asked) moves.push_back(all[y].move(i));
      const std::vector<double> after = state.after(backend, moves);
      for (std::size_t k = 0; k < asked.size(); ++k) all[asked[k].y].note(asked[k].i, after[k] - current);
    }
  }
};

static_assert(head_search<greedy_search>);

}  // namespace mll
