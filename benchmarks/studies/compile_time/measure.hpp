// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sys/resource.h>
#include <sys/wait.h>

#include <spawn.h>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace compile_time {

/// Cost of a process with its children.
struct cost {
  double seconds = 0;    // of processor time, user and system
  double gigabytes = 0;  // peak resident set of the largest process
};

/// Throws: `std::runtime_error` if the command cannot be run or fails.
inline cost run(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const auto& each : command) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  pid_t process = 0;
  const int error = posix_spawnp(&process, arguments.front(), nullptr, nullptr, arguments.data(), environ);
  if (error != 0) throw std::system_error{error, std::generic_category(), command.front()};
  int status = 0;
  rusage use{};
  while (wait4(process, &status, 0, &use) < 0) {
    if (errno != EINTR) throw std::system_error{errno, std::generic_category(), "wait4"};
  }
  if (status != 0) {
    std::string text;
    for (const auto& each : command) text += " " + each;
    throw std::runtime_error{"failed:" + text};
  }
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return {seconds(use.ru_utime) + seconds(use.ru_stime), static_cast<double>(use.ru_maxrss) * 1024 / 1e9};
}

}  // namespace compile_time
