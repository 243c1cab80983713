// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "mll/core/detail/compiled.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/select/estimate/accuracy_estimate.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/detail/method_ref.hpp"
#include "mll/select/methods/selection_method.hpp"

namespace mll {

namespace detail {

/// `cross_validate` for a method of any type.
MLL_DECLARE [[nodiscard]] accuracy_estimate cross_validate_erased(exec::backend_ref backend,
                                                                  const task_evidence& evidence,
                                                                  const method_ref& method, std::size_t folds,
                                                                  std::uint64_t seed);

}  // namespace detail

/// Estimates the accuracy of a selection method on a task by stratified k-fold cross-validation on the
/// representation samples. `select` calls it unless `folds` is 0.
///
/// @code
/// const mll::task_evidence evidence{labels, match};
/// const auto estimate = mll::cross_validate(backend, evidence, mll::chco<>{}, 5, 0);
/// std::cout << estimate.accuracy << " [" << estimate.low << ", " << estimate.high << "]\n";
/// @endcode
///
/// A fold is left out of everything that is fitted: screening, profile, calibration and combination see the
/// training folds only. A sample of several classes is in one fold only. A fold that holds all samples of a
/// class cannot be fitted without a general model: its samples of that class count as errors, its other
/// samples are skipped.
///
/// @tparam Method models `selection_method`
/// @param[in] folds number of folds, at least 2
/// @param[in] seed  seed of the assignment to folds
///
/// The interval is the 95 % interval of a mean of independent proportions, with half an error added per class
/// (Agresti and Coull 1998), so that it has positive width even without errors. The samples of a class with
/// borrowed samples only show other classes: at the lower end its accuracy counts as 0.
///
/// Throws: `invalid_argument` if `folds` is below 2. Complexity: `folds` fits. Deterministic.
template <selection_method Method>
[[nodiscard]] accuracy_estimate cross_validate(exec::backend_ref backend, const task_evidence& evidence,
                                               const Method& method, std::size_t folds, std::uint64_t seed) {
  return detail::cross_validate_erased(backend, evidence, method, folds, seed);
}

}  // namespace mll

#if !MLL_COMPILED
#include "mll/select/estimate/detail/cross_validation.ipp"
#endif
