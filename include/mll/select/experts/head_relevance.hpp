// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "mll/core/detail/compiled.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll {

/// Options of `head_relevance`.
struct relevance_options {
  double name_weight = 3;         ///< weight of a matching name, relative to the responses
  double unproven_gain = 0.3;     ///< minimum gain of a head with a matching name
  double neighbour_share = 0.05;  ///< factor of the gain on samples of similar nodes only
};

/// How relevant each head is to each class, by its responses and by its name:
/// `r g^2 + w n max(r g, u)` with the gain `g = max(0, 2 AUC - 1)` on the representation samples, classes
/// weighted equally; the name match n (see `hub_profile::name_match`; 0 without a profile); and the options
/// w = `name_weight`, u = `unproven_gain`. The factor r is `neighbour_share` for a class that has samples of
/// similar nodes only, else 1.
///
/// @code
/// const mll::matrix<float> relevance = mll::head_relevance(backend, evidence);  // [classes, heads]
/// @endcode
///
/// @return `[classes, evidence.heads()]`, not negative
/// Complexity: O(heads (rows + 256 classes)), over the backend. Determinism: the same on every backend.
MLL_DECLARE [[nodiscard]] matrix<float> head_relevance(exec::backend_ref backend,
                                                       const task_evidence& evidence,
                                                       const relevance_options& options = {});

}  // namespace mll

#if !MLL_COMPILED
#include "mll/select/experts/detail/head_relevance.ipp"
#endif
