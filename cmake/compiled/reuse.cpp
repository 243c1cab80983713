// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/reuse/detail/adapt.ipp"
#include "mll/reuse/detail/estimate_on_batch.ipp"
#include "mll/reuse/detail/prediction.ipp"
#include "mll/reuse/io/detail/read_selection.ipp"
#include "mll/reuse/io/detail/write_selection.ipp"
#include "mll/reuse/shift/detail/fit_shift.ipp"
#include "mll/reuse/shift/detail/observe_pseudo_tasks.ipp"
#include "mll/reuse/shift/detail/observe_shift.ipp"
#include "mll/reuse/zero_shot_classifier.hpp"

template class mll::zero_shot_classifier<std::string>;
