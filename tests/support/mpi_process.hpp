// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// MPI in a test program that no launcher has started: a job of one rank.
#pragma once

#include "mll/dist/mpi_session.hpp"

namespace mll::test {

/// Initialises MPI at the first call, until the program ends.
inline void start_mpi() {
  static const dist::mpi_session session;
}

}  // namespace mll::test
