// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/select/experts/detail/discriminant.ipp"
#include "mll/select/experts/detail/expert_cover.ipp"
#include "mll/select/experts/detail/fit_experts.ipp"
#include "mll/select/experts/detail/fit_heads.ipp"
#include "mll/select/experts/detail/fit_membership.ipp"
#include "mll/select/experts/detail/head_relevance.ipp"
#include "mll/select/methods/chco.hpp"
#include "mll/select/methods/detail/head_funnel.ipp"

template struct mll::head_funnel<>;
template struct mll::chco<>;
