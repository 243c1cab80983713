// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <span>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll {

/// Mean response of selected heads to each class: the weighted mean over the nodes of the class.
///
/// @param[in] positions positions of heads in the evidence, any order
/// @return `[classes, positions]`; the row of a class without samples is 0
/// Complexity: O(nodes of the classes x positions).
MLL_DECLARE [[nodiscard]] matrix<float> class_means_of(const task_evidence& evidence,
                                                       std::span<const std::uint32_t> positions);

/// Mean response of each general head to the examples of each class: `[classes, general heads]`.
/// Complexity: O(rows x classes), parallel over the backend.
MLL_DECLARE [[nodiscard]] matrix<float> general_means(exec::backend_ref backend,
                                                      const task_evidence& evidence);

/// `class_means_of` all heads: `[classes, heads]`.
///
/// @code
/// const mll::matrix<float> means = mll::class_means(backend, mll::task_evidence{labels, match});
/// @endcode
/// Complexity: O(nodes of the classes x heads), parallel over the backend.
MLL_DECLARE [[nodiscard]] matrix<float> class_means(exec::backend_ref backend, const task_evidence& evidence);

}  // namespace mll

#if !MLL_COMPILED
#include "mll/select/evidence/detail/class_means.ipp"
#endif
