// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/dist/detail/profile.ipp"
#include "mll/dist/detail/select.ipp"
