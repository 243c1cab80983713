// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Work in a child process that is killed at a chosen moment.
#pragma once

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace mll::test {

/// When a child is killed: `delay` microseconds after it has acknowledged `lines` pieces of work.
struct moment {
  std::size_t lines = 0;
  std::uint64_t delay = 0;
};

/// Called by the child with the name of each finished piece of work.
using acknowledge = std::function<void(const std::string&)>;

/// Runs `work` in a child process.
/// @return what it acknowledged
inline std::vector<std::string> run_in_child(const std::function<void(const acknowledge&)>& work,
                                             const std::optional<moment>& death) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    close(ends[0]);
    try {
      work([&](const std::string& name) {
        const std::string line = name + "\n";
        if (write(ends[1], line.data(), line.size()) != static_cast<ssize_t>(line.size())) _exit(3);
      });
    } catch (...) {
      _exit(4);
    }
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  bool alive = true;
  for (;;) {
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    if (alive && death && lines >= death->lines) {
      std::this_thread::sleep_for(std::chrono::microseconds{death->delay});
      kill(child, SIGKILL);
      alive = false;
    }
    char block[4096];
    const ssize_t got = read(ends[0], block, sizeof block);
    if (got <= 0) break;
    text.append(block, static_cast<std::size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  if (!death || WIFEXITED(status)) REQUIRE(status == 0);
  std::vector<std::string> out;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line) && !lines.eof();) out.push_back(line);
  return out;
}

}  // namespace mll::test
