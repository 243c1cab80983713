// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/exec/backend_ref.hpp"
#include "mll/reuse/shift/detail/pseudo_hub.hpp"
#include "mll/reuse/shift/distorted_labels.hpp"
#include "mll/reuse/shift/shift_observation.hpp"
#include "mll/select/evidence/general_heads.hpp"
#include "mll/select/methods/chco.hpp"

namespace mll::detail {

/// Solves a pseudo-task and observes it under every distortion, before and after `adapt`.
/// @param[in] general   general heads of the task, or null
/// @param[in] distorted of the models of the hub; a part without a name is undistorted
MLL_DECLARE void observe_shift(exec::backend_ref backend, const pseudo_hub& hub, const pseudo_task& task,
                               const general_heads* general, const distorted_labels& distorted,
                               const chco<>& method, std::vector<shift_observation>& out);

}  // namespace mll::detail

#if !MLL_COMPILED
#include "mll/reuse/shift/detail/observe_shift.ipp"
#endif
