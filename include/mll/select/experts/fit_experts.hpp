// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

#include "mll/core/detail/compiled.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/experts/discriminant.hpp"
#include "mll/select/experts/head_relevance.hpp"

namespace mll {

/// Options of `fit_experts`.
struct expert_fit_options {
  std::size_t experts = 20;           ///< experts that may run
  std::size_t heads_per_class = 8;    ///< heads per class whose responses are averaged
  double correction_strength = 0.25;  ///< of the discriminant where every class has samples of its own
  double general_strength = 0.15;     ///< of the discriminant of the general model's embedding, there
  relevance_options relevance = {};
  discriminant_options discriminant = {};
};

/// Fits an ensemble of a number of experts, each with all its heads, since running an expert costs the same
/// however many of its responses are used: `F = H + c log softmax L + c_G log softmax T`.
///
/// Experts are chosen by `expert_cover`; of experts with the same responses only the first is used. H is, per
/// class, the mean of the responses of the most relevant heads, weighted by relevance; nothing is fitted. L
/// is the discriminant over all heads of the chosen experts; its strength c grows with the share of the
/// classes that have samples of their own. The general model is not an expert: its head for a class competes
/// for H, and a class without samples has this head alone, calibrated on the classes that have samples. If
/// the profile knows the general model, L includes its embedding, and T is the discriminant of the embedding
/// alone (`fit_embedding_discriminant`). Cross-validation in `select` weighs H, L and T anew.
///
/// @code
/// const mll::task_evidence evidence{labels, match, nullptr, &profile};
/// const mll::ensemble fitted = mll::fit_experts(backend, evidence, {.experts = 20});
/// @endcode
///
/// Throws: `invalid_argument` without a profile, or for 0 experts or heads per class.
/// Complexity: that of `head_relevance`, `expert_cover` and `fit_discriminant`.
MLL_DECLARE [[nodiscard]] ensemble fit_experts(exec::backend_ref backend, const task_evidence& evidence,
                                               const expert_fit_options& options = {});

}  // namespace mll

#if !MLL_COMPILED
#include "mll/select/experts/detail/fit_experts.ipp"
#endif
