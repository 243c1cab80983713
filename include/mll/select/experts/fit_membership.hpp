// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <optional>

#include "mll/core/detail/compiled.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/membership.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll {

/// Limits of the size of a `membership`.
struct membership_options {
  std::size_t max_heads = 512;  ///< heads that vote come first, then the others, by position
  std::size_t max_task_nodes = 256;
  std::size_t max_other_nodes = 512;  ///< half of them those nearest to the task, half spread evenly
};

/// Fits what tells samples of a task from samples of other nodes of the hub: the means of the nodes over the
/// heads of an ensemble and over the embedding of the general model, if the ensemble uses it, with the
/// shrunken covariances of the profile.
///
/// A class without samples takes the mean that the graph and its text predict. Nodes above a class are
/// neither of the task nor others, because their samples may show the class.
///
/// @code
/// const mll::task_evidence evidence{labels, match, nullptr, &profile};
/// mll::ensemble fitted = mll::chco<>{}(backend, evidence);
/// const auto belongs = mll::fit_membership(backend, evidence, fitted);
/// @endcode
///
/// @param[in] backend  where to run
/// @param[in] evidence the task
/// @param[in] fitted   its ensemble
/// @return nothing without a profile, without hub heads or embeddings, or without other nodes
///
/// Complexity: O(dimensions^2 (dimensions + nodes)). Determinism: the same on every backend.
MLL_DECLARE [[nodiscard]] std::optional<membership> fit_membership(exec::backend_ref backend,
                                                                   const task_evidence& evidence,
                                                                   const ensemble& fitted,
                                                                   const membership_options& options = {});

}  // namespace mll

#if !MLL_COMPILED
#include "mll/select/experts/detail/fit_membership.ipp"
#endif
