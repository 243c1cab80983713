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

    std::vector<offers> all(classes);
    for (;;) {
      const move best =
          best_move(backend, state, current, all, [&](std::size_t y) { return addable(state, y); });
      if (!(best.gain > least_gain)) break;
      state.add(best.y, best.candidate);
      unsettle(state, best.y, all);
      picks[best.y].push_back({best.candidate, static_cast<float>(best.gain)});
      current += best.gain;
    }
    all.assign(classes, {});
    for (std::size_t pass = 0; pass < swap_passes * classes; ++pass) {
      const move best =
          best_move(backend, state, current, all, [&](std::size_t y) { return exchanges(state, y); });
      if (!(best.gain > least_gain)) break;
      state.replace(best.y, best.slot, best.candidate);
      unsettle(state, best.y, all);
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
    double seen_at = 0;  // unrest of the class when it was looked at
  };
  // The moves of a class, what they gained when they were looked at, and by how much that may have grown
  // since.
  class offers {
   public:
    // By how much gains may have grown in all; infinity: the moves are others now.
    void unsettle(double by) {
      unrest_ += by;
      if (std::isinf(unrest_)) *this = {};
    }
    // The best that a move may gain that was not looked at since the last step.
    [[nodiscard]] double hope() const {
      if (!known_) return std::numeric_limits<double>::infinity();
      double most = -std::numeric_limits<double>::infinity();
      for (const move& one : moves_) {
        if (!is_fresh(one)) most = std::max(most, at_best(one));
      }
      return most;
    }
    // The first of the best moves that were looked at since the last step.
    [[nodiscard]] move best() const {
      move out;
      for (const move& one : moves_) {
        if (is_fresh(one) && one.gain > out.gain) out = one;
      }
      return out;
    }
    // Looks at the moves that may gain at least `least`.
    template <class Moves, class Gain>
    void look(double least, const Moves& moves, const Gain& gain_of) {
      const auto look_at = [&](move& one) {
        one.gain = gain_of(one);
        one.seen_at = unrest_;
      };
      if (!known_) {
        moves_ = moves();
        known_ = true;
        for (move& one : moves_) look_at(one);
        return;
      }
      // The most promising first: it mostly rules out most others.
      move* first = nullptr;
      for (move& one : moves_) {
        if (!is_fresh(one) && (first == nullptr || at_best(one) > at_best(*first))) first = &one;
      }
      if (first == nullptr) return;
      look_at(*first);
      least = std::max(least, first->gain);
      for (move& one : moves_) {
        if (!is_fresh(one) && at_best(one) >= least) look_at(one);
      }
    }

   private:
    [[nodiscard]] bool is_fresh(const move& one) const noexcept { return one.seen_at == unrest_; }
    [[nodiscard]] double at_best(const move& one) const noexcept {
      return one.gain + (unrest_ - one.seen_at);
    }

    std::vector<move> moves_;
    double unrest_ = 0;
    bool known_ = false;
  };

  // Notes what a change of class y may have changed in the offers of all.
  template <class State>
  void unsettle(const State& state, std::size_t y, std::vector<offers>& all) const {
    constexpr double everything = std::numeric_limits<double>::infinity();
    // An offer is never taken unseen: even where nothing changed there is an allowance for rounding.
    constexpr double rounding = 1e-9;
    const auto changed = state.disturbance();
    for (std::size_t z = 0; z < all.size(); ++z) {
      const auto by = static_cast<double>(changed[static_cast<Eigen::Index>(z)]);
      all[z].unsettle(z == y || std::isinf(caution) ? everything : rounding + caution * by);
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
  move best_move(const Backend& backend, const State& state, double current, std::vector<offers>& all,
                 const Moves& moves_of) const {
    constexpr std::size_t together = 4;
    for (;;) {
      move best;
      std::vector<double> hope;
      for (const offers& one : all) {
        hope.push_back(one.hope());
        const move of_class = one.best();
        if (of_class.gain > best.gain) best = of_class;
      }
      const double least = std::max(best.gain, least_gain);
      std::vector<std::size_t> promising;
      for (std::size_t y = 0; y < all.size(); ++y) {
        if (hope[y] >= least) promising.push_back(y);
      }
      if (promising.empty()) return best;
      const std::size_t looked_at = std::min(together, promising.size());
      std::partial_sort(
          promising.begin(), promising.begin() + static_cast<std::ptrdiff_t>(looked_at), promising.end(),
          [&](std::size_t a, std::size_t b) { return hope[a] != hope[b] ? hope[a] > hope[b] : a < b; });
      exec::for_each_index(backend, looked_at, [&](std::size_t i) {
        const std::size_t y = promising[i];
        auto outlook = state.look(y);
        all[y].look(
            least, [&] { return moves_of(y); },
            [&](const move& m) {
              return (m.slot == no_slot ? outlook.with(m.candidate) : outlook.swapped(m.slot, m.candidate)) -
                     current;
            });
      });
    }
  }
};

static_assert(head_search<greedy_search>);

}  // namespace mll
