// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_MPI
#include "mll/dist/mpi_session.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "mll/dist/mpi.hpp"
#include "support/mpi_process.hpp"

namespace {

// A variable of the environment, for the time of a test.
class changed_variable {
 public:
  changed_variable(const char* name, const char* value) : name_{name} {
    if (const char* before = std::getenv(name); before != nullptr) before_ = before;
    value == nullptr ? unsetenv(name) : setenv(name, value, 1);
  }
  changed_variable(const changed_variable&) = delete;
  changed_variable& operator=(const changed_variable&) = delete;
  ~changed_variable() { before_.empty() ? unsetenv(name_) : setenv(name_, before_.c_str(), 1); }

 private:
  const char* name_;
  std::string before_;
};

}  // namespace

TEST_CASE("a session knows what the launcher says") {
  mll::test::start_mpi();
  const changed_variable open_mpi{"OMPI_COMM_WORLD_SIZE", nullptr};
  const changed_variable others{"PMI_SIZE", nullptr};
  CHECK_FALSE(mll::dist::mpi_session::launched_ranks());
  {
    const changed_variable mpich{"PMI_SIZE", "12"};
    CHECK(mll::dist::mpi_session::launched_ranks() == 12);
  }
  const changed_variable here{"OMPI_COMM_WORLD_SIZE", "3"};
  CHECK(mll::dist::mpi_session::launched_ranks() == 3);
}

TEST_CASE("a session within another one leaves MPI as it is") {
  mll::test::start_mpi();
  { const mll::dist::mpi_session inner; }
  mll::dist::mpi comm{MPI_COMM_SELF};
  CHECK_NOTHROW(comm.barrier());
}
#endif
