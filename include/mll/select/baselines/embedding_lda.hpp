// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>

#include "mll/exec/backend_ref.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/experts/discriminant.hpp"
#include "mll/select/methods/selection_method.hpp"

namespace mll {

/// Baseline: the linear discriminant over the general model's embedding alone (`fit_embedding_discriminant`),
/// without experts.
struct embedding_lda {
  [[nodiscard]] static std::string name() { return "embedding_lda"; }

  /// Throws: `invalid_argument` without general heads or a profile that knows the general model. Complexity:
  /// that of `fit_embedding_discriminant`.
  [[nodiscard]] ensemble operator()(exec::backend_ref backend, const task_evidence& evidence) const {
    ensemble out;
    out.votes.resize(evidence.class_count());
    out.general = fit_embedding_discriminant(backend, evidence);
    return out;
  }
};

static_assert(selection_method<embedding_lda>);

}  // namespace mll
