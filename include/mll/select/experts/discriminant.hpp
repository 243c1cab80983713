// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstdint>
#include <span>

#include "mll/core/detail/compiled.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll {

/// How far class means are shrunk towards what the graph predicts: an estimate from n samples keeps the share
/// `n / ((1 + spread) n + noise)`.
struct discriminant_options {
  double noise = 10;    ///< variance of a response around its class mean, in units of that of class means
  double spread = 0.5;  ///< discount of representation samples, which come from elsewhere than the task's
};

/// Fits a linear discriminant of the classes of a task over the responses of some heads: class means from the
/// samples, shrunk towards what the graph predicts (empirical Bayes), and the covariance of the whole hub.
/// With a general model that the profile knows, its embedding is part of the responses.
///
/// @param[in] backend   where to run
/// @param[in] evidence  the task, with a profile
/// @param[in] positions heads of hub models, increasing
/// @return a correction of strength 1
///
/// Throws: `invalid_argument` without a profile. Complexity: O(heads^2 (heads + classes) + rows heads).
MLL_DECLARE [[nodiscard]] linear_correction fit_discriminant(exec::backend_ref backend,
                                                             const task_evidence& evidence,
                                                             std::span<const std::uint32_t> positions,
                                                             const discriminant_options& options = {});

}  // namespace mll

#if !MLL_COMPILED
#include "mll/select/experts/detail/discriminant.ipp"
#endif
