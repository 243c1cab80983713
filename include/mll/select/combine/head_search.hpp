// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <vector>

#include "mll/exec/backend_ref.hpp"
#include "mll/select/combine/head_pool.hpp"
#include "mll/select/combine/objective.hpp"

namespace mll {

/// `search(backend, pool, objective)` returns the picks of each class.
template <class S>
concept returns_picks_per_class =
    requires(const S& search, exec::backend_ref backend, const head_pool& pool) {
      { search(backend, pool, log_likelihood{}) } -> std::same_as<std::vector<std::vector<head_pick>>>;
    };

/// A search for the joint combination: chooses candidates for every class.
///
/// Valid expression for a `const S search`: `search(backend, pool, objective)`, for an
/// `exec::backend_ref` and every selection objective, returns 1 to `heads_per_class` distinct
/// candidates per class.
///
/// Semantics: the score of a class is the mean of the log-odds of its picks; the objective is evaluated on
/// the scores of all classes together.
///
/// Optional, for reports: `S::name`, the name of the type.
///
/// @code
/// struct best_alone {  // the first candidate of each class
///   std::vector<std::vector<mll::head_pick>> operator()(mll::exec::backend_ref, const mll::head_pool& pool,
///                                                       const auto&) const {
///     return std::vector(pool.candidates.size(), std::vector{mll::head_pick{}});
///   }
/// };
/// static_assert(mll::head_search<best_alone>);
/// @endcode
///
/// Models: `greedy_search`, `exhaustive_search`.
template <class S>
concept head_search = std::copyable<S> && returns_picks_per_class<S>;

}  // namespace mll
