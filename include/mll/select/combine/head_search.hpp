// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <Eigen/Core>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

#include "mll/exec/sequential.hpp"
#include "mll/select/combine/head_pick.hpp"
#include "mll/select/combine/objective.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll {

/// What a search chooses from: for each class some candidate heads, calibrated for it.
struct head_pool {
  std::vector<Eigen::ArrayXXf>
      logits;                       ///< per class `[rows, candidates]`, best candidate first, at least one
  std::span<const example> rows;    ///< the samples that the logits belong to
  std::size_t heads_per_class = 3;  ///< at most so many are chosen for a class, at least 1
};

/// `search(backend, pool, objective)`, which returns picks per class.
template <class S>
concept returns_picks_per_class = requires(const S& search, const head_pool& pool) {
  { search(exec::sequential{}, pool, log_likelihood{}) } -> std::same_as<std::vector<std::vector<head_pick>>>;
};

/// A search for the joint combination: which candidates each class takes.
///
/// Valid expression for a `const S search`: `search(backend, pool, objective)`, for every execution backend
/// and selection objective, returns between 1 and `heads_per_class` different candidates for each class.
///
/// Semantics: the score of a class is the mean of the log-odds of its picks; the objective is evaluated on
/// the scores of all classes together.
///
/// @code
/// struct best_alone {  // the first candidate of each class
///   std::vector<std::vector<mll::head_pick>> operator()(const auto&, const mll::head_pool& pool,
///                                                       const auto&) const {
///     return std::vector(pool.logits.size(), std::vector{mll::head_pick{}});
///   }
/// };
/// static_assert(mll::head_search<best_alone>);
/// @endcode
///
/// Models: `greedy_search`, `exhaustive_search`.
template <class S>
concept head_search = std::copyable<S> && returns_picks_per_class<S>;

}  // namespace mll
