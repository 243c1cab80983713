// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// What needs several ranks is in tests/programs/ranks.
#if MLL_TEST_MPI
#include "mll/dist/mpi.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <climits>
#include <cstddef>

#include "support/communicator_suite.hpp"
#include "support/mpi_process.hpp"

TEST_CASE("a process is an MPI job of one rank, whatever its messages hold at most") {
  mll::test::start_mpi();
  for (const std::size_t max_message : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 30U}) {
    mll::dist::mpi comm{MPI_COMM_SELF, {.max_message = max_message}};
    CHECK(comm.size() == 1);
    CHECK(mll::test::wrong_in_communicator(comm, 10).value_or("") == "");
  }
  CHECK_THROWS_AS((mll::dist::mpi{MPI_COMM_SELF, {.max_message = 0}}), mll::invalid_argument);
  CHECK_THROWS_AS((mll::dist::mpi{MPI_COMM_SELF, {.max_message = std::size_t{INT_MAX} + 1}}),
                  mll::invalid_argument);
}
#endif
