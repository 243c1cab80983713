// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"

namespace mll {

/// Chooses experts that cover every class with relevant heads. Greedily takes the expert that most raises the
/// sum, over the classes, of the relevance of the three best heads among the chosen experts. The sum is
/// submodular, so the greedy choice reaches at least 1 - 1/e of the maximum (Nemhauser, Wolsey and Fisher
/// 1978).
///
/// Ties, such as among experts that add nothing, go to the expert that adds most to the next five heads: on
/// samples from elsewhere, a head with no evidence but its name may be the best.
///
/// @code
/// const mll::matrix<float> relevance = mll::head_relevance(backend, evidence);
/// const std::vector<std::size_t> first{0, 10, 25};  // two experts, with 10 and 15 heads
/// const auto chosen = mll::expert_cover(backend, relevance, first, {0, 1}, 1);
/// @endcode
///
/// @param[in] backend   where to run
/// @param[in] relevance `[classes, heads]`: `head_relevance`
/// @param[in] first     first head of each expert, and the end
/// @param[in] among     candidates, increasing
/// @param[in] count     experts to choose; all candidates if there are fewer
/// @return indices of experts in order of choice; remaining ties go to the lower index
///
/// Throws: `invalid_argument` for a count of 0. Complexity: O(heads classes + count experts classes).
MLL_DECLARE [[nodiscard]] std::vector<std::size_t> expert_cover(exec::backend_ref backend,
                                                                const matrix<float>& relevance,
                                                                const std::vector<std::size_t>& first,
                                                                const std::vector<std::size_t>& among,
                                                                std::size_t count);

}  // namespace mll

#if !MLL_COMPILED
#include "mll/select/experts/detail/expert_cover.ipp"
#endif
