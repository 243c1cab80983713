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

/// A strategy of joint combination: `search(backend, pool, objective)` returns for each class between 1 and
/// `heads_per_class` different candidates. The score of a class is the mean of the logits of its picks; the
/// objective is taken over the scores of all classes together.
///
/// Models: `greedy_search`, `exhaustive_search`.
template <class S>
concept head_search = std::copyable<S> && requires(const S& search, const head_pool& pool) {
  { search(exec::sequential{}, pool, log_likelihood{}) } -> std::same_as<std::vector<std::vector<head_pick>>>;
};

}  // namespace mll
