// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The backend of the examples: OpenMP if this build has it, else one thread.
#pragma once

#if defined(_OPENMP)
#include <mll/exec/omp.hpp>
using example_backend = mll::exec::omp;
#else
#include <mll/exec/sequential.hpp>
using example_backend = mll::exec::sequential;
#endif
