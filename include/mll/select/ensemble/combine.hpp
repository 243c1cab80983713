// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/matrix.hpp"
#include "mll/select/ensemble/ensemble.hpp"

namespace mll {

namespace detail {

/// `combine` into a matrix of the caller's, `[samples, C]`; probabilities if asked for.
MLL_DECLARE void combine_to(const ensemble& fitted, const Eigen::ArrayXXf& log_odds,
                            const matrix<float>& embeddings, bool as_probability, matrix_ref<float> out);

}  // namespace detail

/// Class scores from responses.
///
/// @code
/// const mll::batch_responses batch = classifier.respond(backend, std::span{texts});
/// const auto log_probabilities = mll::combine(chosen.ensemble, batch.log_odds, batch.embeddings);
/// @endcode
///
/// @param[in] fitted     an ensemble of H heads for C classes
/// @param[in] log_odds   `[samples, H]`: log-odds of the responses of `fitted.heads`, one column per head
/// @param[in] embeddings `[samples, dim]`: unit embeddings by the general model, where
///                       `fitted.uses_embeddings()`
/// @return log-probabilities `[samples, C]`; the exponentials of each row sum to 1
///
/// Throws: `invalid_argument` if `log_odds` or, where they are used, `embeddings` have another shape.
/// Complexity: O(samples (H + votes + C)), plus O(samples H C) with a correction. Determinism: the scores of
/// a sample do not depend on the other samples.
MLL_DECLARE [[nodiscard]] matrix<float> combine(const ensemble& fitted, const Eigen::ArrayXXf& log_odds,
                                                const matrix<float>& embeddings = {});

}  // namespace mll

#if !MLL_COMPILED
#include "mll/select/ensemble/detail/combine.ipp"
#endif
