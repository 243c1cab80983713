// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/exec/backend.hpp"
#include "mll/select/baselines/detail/ridge_logistic.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/selection_method.hpp"

namespace mll {

/// Baseline: one multinomial logistic regression with a ridge over all heads of the hub, supervised by the
/// representation samples (stacking, Wolpert 1992). Accurate, but every expert has to run.
struct ridge_stacking {
  double lambda = 0.02;  ///< strength of the ridge, for standardised features and a mean loss

  [[nodiscard]] static std::string name() { return "ridge_stacking"; }

  /// Throws: `invalid_argument` if lambda is not positive. Complexity: O(iterations rows heads classes).
  template <exec::execution_backend Backend>
  [[nodiscard]] ensemble operator()(const Backend& backend, const task_evidence& evidence) const {
    if (!(lambda > 0)) throw invalid_argument{"lambda", "a positive number", detail::number_text(lambda)};
    std::vector<std::uint32_t> all(evidence.heads().size());
    std::iota(all.begin(), all.end(), 0U);
    ensemble out;
    out.heads.assign(evidence.heads().begin(), evidence.heads().end());
    out.votes.resize(evidence.class_count());
    out.correction = detail::fit_ridge_logistic(evidence.log_odds(backend, all), evidence.rows(),
                                                evidence.class_count(), lambda);
    return out;
  }
};

static_assert(selection_method<ridge_stacking>);

}  // namespace mll
