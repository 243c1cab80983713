// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#if defined(_OPENMP) && defined(__linux__)
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>
#endif

namespace example {

/// Lets idle OpenMP threads sleep, unless the environment says otherwise. By default they spin, which takes
/// the time of the threads that work if other programs keep the cores busy. libgomp reads the policy before
/// `main`, so that the program starts itself again. To be called first.
inline void let_idle_threads_sleep([[maybe_unused]] char** argv) {
#if defined(_OPENMP) && defined(__linux__)
  if (std::getenv("OMP_WAIT_POLICY") != nullptr || std::getenv("GOMP_SPINCOUNT") != nullptr) return;
  if (setenv("OMP_WAIT_POLICY", "passive", 1) != 0) return;
  std::error_code unknown;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  if (!unknown) execv(program.c_str(), argv);  // else they spin
#endif
}

}  // namespace example
