// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/matrix.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/reuse/shift/distorted_labels.hpp"
#include "mll/reuse/shift/learn_shift_options.hpp"
#include "mll/reuse/shift/shift_observation.hpp"

namespace mll {

/// Embeds texts by a general model.
using embed_texts_function = std::function<matrix<float>(std::span<const std::string_view>)>;

/// Makes tasks of representation samples, solves each without the samples that it is tested on, and records
/// what `estimate_on_batch` would see, and the accuracy, on these samples undistorted and under every
/// distortion: the input of `fit_shift`.
///
/// The first samples of each node are tested; the others are evidence. In each round a third of the
/// nodes (at most) is left out altogether, so that other nodes stand in for them. Every other task is solved
/// as if head names said nothing.
///
/// @param[in] labels    of the undistorted samples
/// @param[in] distorted responses to the first samples of each node (`label_distorted`)
/// @param[in] graph     the SDAG of the labels
/// @param[in] options   number and size of tasks, method, seed; `general` where `embed` is given
/// @param[in] embed     texts by the general model; empty: none
///
/// Throws: `invalid_argument` for labels of another graph, fewer than four nodes with held-out samples, or
/// distorted samples that are not among those of the labels; `cancelled`; what `select` throws.
/// Complexity: a profile per round, and a selection per task. Deterministic; the same on every backend.
MLL_DECLARE [[nodiscard]] std::vector<shift_observation> observe_pseudo_tasks(
    exec::backend_ref backend, model_labels labels, const distorted_labels& distorted,
    const semantic_nodes& graph, const learn_shift_options& options = {},
    const embed_texts_function& embed = {});

}  // namespace mll

#if !MLL_COMPILED
#include "mll/reuse/shift/detail/observe_pseudo_tasks.ipp"
#endif
