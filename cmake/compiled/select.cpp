// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/detail/select.ipp"
#include "mll/select/calibrate/detail/calibration.ipp"
#include "mll/select/ensemble/detail/combine.ipp"
#include "mll/select/ensemble/detail/ensemble_builder.ipp"
#include "mll/select/ensemble/detail/fit_temperature.ipp"
#include "mll/select/estimate/detail/cross_validation.ipp"
#include "mll/select/evidence/detail/class_means.ipp"
#include "mll/select/evidence/detail/evidence_of.ipp"
#include "mll/select/evidence/detail/task_evidence.ipp"
