// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
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
  /// The covariance is shrunk by the share `min(0.9, shrinkage sqrt(dimensions / degrees of freedom))`.
  double shrinkage = 1.2;
};

/// Fits a linear discriminant of the classes of a task over the responses of some heads: class means from the
/// samples, shrunk towards what the graph predicts (empirical Bayes), and the covariance of the whole hub.
/// With a general model that the profile knows, its embedding is part of the responses.
///
/// @code
/// const mll::task_evidence evidence{labels, match, nullptr, &profile};
/// const mll::linear_correction correction = mll::fit_discriminant(backend, evidence, positions);
/// @endcode
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

/// Fits a linear discriminant over the embedding of the general model alone: as `fit_discriminant`, with
/// means that are shrunk towards what the class texts predict. In `fit_discriminant` a hundred dimensions of
/// an embedding are shrunk like the many heads beside them; alone they need less.
///
/// @param[in] evidence the task, with general heads and a profile that knows the general model
/// @return a discriminant of strength 1
///
/// Throws: `invalid_argument` without embeddings. Complexity: O(dim^2 (dim + classes) + rows dim).
MLL_DECLARE [[nodiscard]] embedding_discriminant fit_embedding_discriminant(
    exec::backend_ref backend, const task_evidence& evidence,
    const discriminant_options& options = {.noise = 5, .spread = 0.25, .shrinkage = 0.3});

namespace detail {

/// Adds the discriminant of the general model's embedding to the votes of an ensemble, if the evidence has
/// embeddings.
/// @param[in] strength its factor where every class has samples of its own
MLL_DECLARE [[nodiscard]] ensemble with_general_discriminant(exec::backend_ref backend,
                                                             const task_evidence& evidence, ensemble fitted,
                                                             double strength);

}  // namespace detail

}  // namespace mll

#if !MLL_COMPILED
#include "mll/select/experts/detail/discriminant.ipp"
#endif
