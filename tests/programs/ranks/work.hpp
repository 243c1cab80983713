// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// What the test of MPI runs on each rank; compiled once for all installations of MPI.
#pragma once

#include <cstddef>
#include <string>

#include "mll/dist/communicator_ref.hpp"

namespace mll::test {

/// The operations of a communicator. @return what is wrong; empty: nothing
std::string check_operations(dist::communicator_ref comm, std::size_t scale);

/// Selects from a generated hub over ranks, and alone. @return what differs; empty: nothing
/// @param[in] is_dealt whether the rows of the joint search are dealt to ranks
std::string check_selection(dist::communicator_ref comm, const std::string& size, bool is_dealt);

}  // namespace mll::test
