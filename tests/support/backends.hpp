// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The execution backends of this build, as a list of types for doctest's TEST_CASE_TEMPLATE.
#pragma once

#include "mll/exec/sequential.hpp"
#if MLL_TEST_OMP
#include "mll/exec/omp.hpp"
#define MLL_TEST_OMP_TYPE , mll::exec::omp
#else
#define MLL_TEST_OMP_TYPE
#endif
#if MLL_TEST_TBB
#include "mll/exec/tbb.hpp"
#define MLL_TEST_TBB_TYPE , mll::exec::tbb
#else
#define MLL_TEST_TBB_TYPE
#endif

#define MLL_TEST_BACKENDS mll::exec::sequential MLL_TEST_OMP_TYPE MLL_TEST_TBB_TYPE
