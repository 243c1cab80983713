// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <vector>

#include "mll/exec/backend_ref.hpp"
#include "mll/select/combine/detail/coded_scores.hpp"
#include "mll/select/combine/detail/joint_scores.hpp"
#include "mll/select/combine/detail/lazy_greedy.hpp"
#include "mll/select/combine/head_pool.hpp"
#include "mll/select/combine/head_search.hpp"
#include "mll/select/combine/logit_pool.hpp"
#include "mll/select/combine/objective.hpp"

namespace mll {

/// Lazy greedy forward selection with swaps.
///
/// Every class starts with its first candidate. Each step adds the head that raises the objective most, for
/// whichever class, until no head raises it or all classes are full. Then single heads are swapped while that
/// raises the objective. The objective never falls from one step to the next.
///
/// A step changes the gains of all other heads, mostly by little. So a head is evaluated again only if the
/// upper bound of its gain exceeds the best gain found: its last gain, plus `bound_inflation` times the drift
/// of the steps since (lazy evaluation, Minoux 1978; the drift is there because the objective is not
/// submodular, so gains may grow). The drift is an estimate and known for log-likelihood only; for other
/// objectives every head is evaluated after every step.
///
/// @code
/// const auto picks = mll::greedy_search{}(backend, pool, mll::log_likelihood{});
/// for (const mll::head_pick& pick : picks[0]) std::cout << pick.candidate << '\n';  // of the first class
/// @endcode
///
/// Ties go to the lower class, then to the better candidate.
/// Complexity: O(rows) per evaluated head (all heads at first, some after each step), and O(rows log classes)
/// per class of these.
/// Determinism: the same on every backend and thread count.
struct greedy_search {
  static constexpr const char* name = "greedy_search";
  double min_gain = 1e-6;               ///< a step must gain more than this
  std::size_t max_swaps_per_class = 4;  ///< on average over the classes
  double bound_inflation = 2;           ///< factor of the drift, at least 0; infinity: not lazy

  /// Throws: `invalid_argument` if `bound_inflation` is negative.
  template <selection_objective Objective>
  [[nodiscard]] std::vector<std::vector<head_pick>> operator()(exec::backend_ref backend,
                                                               const head_pool& pool,
                                                               Objective objective) const {
    if constexpr (std::same_as<Objective, log_likelihood>) {
      steps().check();
      detail::coded_scores<> state{backend, pool};
      return steps().run(backend, state);
    } else {
      return (*this)(backend, logit_pool::of(pool), objective);
    }
  }
  /// The same on decoded responses, for any objective.
  template <selection_objective Objective>
  [[nodiscard]] std::vector<std::vector<head_pick>> operator()(exec::backend_ref backend,
                                                               const logit_pool& pool, Objective) const {
    steps().check();
    detail::joint_scores<Objective> state{backend, pool};
    return steps().run(backend, state);
  }

 private:
  [[nodiscard]] detail::lazy_greedy steps() const { return {min_gain, max_swaps_per_class, bound_inflation}; }
};

static_assert(head_search<greedy_search>);

}  // namespace mll
