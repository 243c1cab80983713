// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// ranks operations | selection SIZE | dealt SIZE | late | endless: what run.py and network.py start under the
// launchers of MPIs.
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include "mll/dist/communication_error.hpp"
#include "mll/dist/mpi.hpp"
#include "mll/dist/mpi_session.hpp"
#include "work.hpp"

namespace {

// One rank comes too late: the others say so instead of waiting for ever.
std::string check_lateness() {
  mll::dist::mpi comm{MPI_COMM_WORLD, {.patience = std::chrono::milliseconds{300}}};
  if (comm.rank() == 1) std::this_thread::sleep_for(std::chrono::seconds{60});
  try {
    comm.barrier();
  } catch (const mll::dist::communication_error& problem) {
    try {
      comm.barrier();  // no way back
    } catch (const mll::dist::communication_error&) {
      return problem.what();
    }
  }
  return "nobody was missed";
}

// Exchanges pieces until the network fails, or somebody ends the job.
std::string exchange_for_ever() {
  mll::dist::mpi comm{MPI_COMM_WORLD, {.patience = std::chrono::seconds{5}}};
  for (std::size_t round = 0;; ++round) {
    if (auto wrong = mll::test::check_operations(comm, 100); !wrong.empty()) return wrong;
    if (round == 0 && comm.rank() == 0) {
      std::printf("exchanging\n");
      std::fflush(stdout);
    }
  }
}

std::string run(const std::vector<std::string>& arguments) {
  const std::string& part = arguments.at(1);
  if (part == "late") return check_lateness();
  if (part == "endless") return exchange_for_ever();
  mll::dist::mpi comm;
  if (part == "selection" || part == "dealt")
    return mll::test::check_selection(comm, arguments.at(2), part == "dealt");
  // The second one sends 1 to 5 bytes at a time.
  mll::dist::mpi in_parts{MPI_COMM_WORLD, {.max_message = 5}};
  for (const std::size_t scale : {1U, 1000U}) {
    if (auto wrong = mll::test::check_operations(comm, scale); !wrong.empty()) return wrong;
  }
  if (auto wrong = mll::test::check_operations(in_parts, 7); !wrong.empty()) return "in parts: " + wrong;
  try {
    const mll::dist::mpi none{MPI_COMM_WORLD, {.max_message = 0}};
    return "messages of no byte";
  } catch (const mll::invalid_argument&) {
  }
  return "";
}

}  // namespace

int main(int argc, char** argv) {
  const mll::dist::mpi_session session;
  std::string wrong;
  try {
    wrong = run({argv, argv + argc});
  } catch (const std::exception& problem) {
    wrong = problem.what();
  }
  if (!wrong.empty()) {
    std::fprintf(stderr, "failed: %s\n", wrong.c_str());
    mll::dist::mpi_session::abort(1);
  }
  std::printf("good\n");
}
