// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdlib>
#include <exception>
#include <optional>
#include <string>

#include "mll/core/error.hpp"
#include "mll/dist/communication_error.hpp"
#include "mll/dist/mpi.hpp"

namespace mll::dist {

/// Initialises MPI and finalises it. Component `mll::mpi`.
///
/// If an exception leaves its scope, the whole job is aborted, because other ranks may wait for this one.
/// Does nothing if the program has initialised MPI itself.
class mpi_session {
 public:
  /// Number of ranks of the job, as the launcher (mpirun, mpiexec, srun) says; empty if the program was not
  /// started by a launcher.
  [[nodiscard]] static std::optional<std::size_t> launched_ranks() {
    for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) {
      if (const char* text = std::getenv(name); text != nullptr) return std::strtoul(text, nullptr, 10);
    }
    return std::nullopt;
  }

  /// Throws: `communication_error` if MPI cannot be initialised, or counts other ranks than the launcher
  /// says, as under the launcher of another MPI implementation.
  mpi_session() {
    int is_initialised = 0;
    MPI_Initialized(&is_initialised);
    if (is_initialised != 0) return;
    int level = 0;
    if (MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &level) != MPI_SUCCESS)
      throw communication_error{"MPI_Init_thread: failed"};
    is_owner_ = true;
    int size = 0;
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (const auto expected = launched_ranks(); expected && *expected != static_cast<std::size_t>(size)) {
      MPI_Finalize();
      throw communication_error{"MPI: expected " + std::to_string(*expected) +
                                " ranks, as the launcher says, found " + std::to_string(size) +
                                " (is it the launcher of another MPI?)"};
    }
  }
  mpi_session(const mpi_session&) = delete;
  mpi_session& operator=(const mpi_session&) = delete;
  ~mpi_session() {
    if (!is_owner_) return;
    if (std::uncaught_exceptions() > exceptions_) abort(1);
    MPI_Finalize();
  }

  /// Ends all ranks of the job.
  [[noreturn]] static void abort(int code) {
    MPI_Abort(MPI_COMM_WORLD, code);
    std::_Exit(code);
  }

 private:
  bool is_owner_ = false;
  int exceptions_ = std::uncaught_exceptions();
};

}  // namespace mll::dist
