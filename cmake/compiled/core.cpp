// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/detail/error.ipp"
#include "mll/core/detail/visible_text.ipp"
#include "mll/core/text/detail/fold_case.ipp"
