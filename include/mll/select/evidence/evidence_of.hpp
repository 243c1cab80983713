// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "mll/core/detail/compiled.hpp"
#include "mll/label/sample_layout.hpp"
#include "mll/match/task/task_match.hpp"
#include "mll/select/evidence/class_evidence.hpp"

namespace mll {

/// The evidence of a matched task as rows of node statistics: the weights of each class are rounded to whole
/// 256ths by largest remainder, so that weighted means are exact in `float`.
///
/// @code
/// const mll::class_evidence nodes = mll::evidence_of(match, labels.samples());
/// const auto screened = mll::screen(backend, mll::node_statistics{labels}, nodes, 64);
/// @endcode
///
/// @param[in] match  the matched task
/// @param[in] layout the samples that the hub was labelled on
/// @return per class its nodes by increasing position. Nodes without samples and nodes whose weight rounds to
///         0 are dropped; ties in rounding go to the earlier node
/// Complexity: O(nodes log nodes) per class.
MLL_DECLARE [[nodiscard]] class_evidence evidence_of(const task_match& match, const sample_layout& layout);

}  // namespace mll

#if !MLL_COMPILED
#include "mll/select/evidence/detail/evidence_of.ipp"
#endif
