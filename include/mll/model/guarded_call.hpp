// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <exception>
#include <fstream>
#include <new>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "mll/core/error.hpp"

namespace mll {

/// What a child process of `guarded_call` may use.
struct process_limits {
  std::size_t memory_bytes = std::size_t{2} << 30U;  ///< address space beyond the caller's (Linux)
  std::chrono::seconds processor_time{30};
  std::chrono::seconds wall_time{300};  ///< for a child that waits
};

namespace detail {

/// Address space of this process in bytes; 0 where the system does not tell.
[[nodiscard]] inline std::size_t address_space() {
  std::ifstream stream{"/proc/self/statm"};
  std::size_t pages = 0;
  return stream >> pages ? pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) : 0;
}

/// Lowers a limit of this process. Children inherit it; it cannot be raised again.
template <class Resource>
void lower_limit(Resource resource, std::size_t value) {
  rlimit limit{};
  getrlimit(resource, &limit);
  limit.rlim_cur = limit.rlim_max = std::min(limit.rlim_max, static_cast<rlim_t>(value));
  setrlimit(resource, &limit);
}

/// The first steps of a child: limits, the default action of signals, no output of its own.
inline void confine_child(const process_limits& limits, std::size_t address_space_before) {
#if defined(__linux__)
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  for (const int each :
       {SIGSEGV, SIGFPE, SIGILL, SIGBUS, SIGABRT, SIGTRAP, SIGSYS, SIGTERM, SIGXCPU, SIGPIPE})
    std::signal(each, SIG_DFL);
  std::signal(SIGINT, SIG_IGN);  // Ctrl-C goes to the parent, which decides
  lower_limit(RLIMIT_CORE, 0);
  lower_limit(RLIMIT_CPU, static_cast<std::size_t>(limits.processor_time.count()));
  if (address_space_before != 0) lower_limit(RLIMIT_AS, address_space_before + limits.memory_bytes);
  const int nowhere = open("/dev/null", O_RDWR);
  if (nowhere < 0) return;
  for (int stream = 0; stream < 3; ++stream) dup2(nowhere, stream);
}

/// Writes all of a text, whatever the signals.
inline void write_all(int file, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = write(file, text.data() + done, text.size() - done);
    if (count < 0 && errno != EINTR) return;
    if (count > 0) done += static_cast<std::size_t>(count);
  }
}

/// Everything that is written to a pipe until its last writer closes it or the time is over; and whether it
/// was in time.
[[nodiscard]] inline std::pair<std::string, bool> read_pipe(int file, std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  std::string out;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return {std::move(out), false};
    pollfd waiting{file, POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(std::min<long long>(left.count(), 1'000'000))) <= 0) continue;
    std::array<char, 4096> block{};
    const ssize_t count = read(file, block.data(), block.size());
    if (count == 0 || (count < 0 && errno != EINTR)) return {std::move(out), true};
    if (count > 0) out.append(block.data(), static_cast<std::size_t>(count));
  }
}

/// Why a child without an answer ended.
[[nodiscard]] inline std::string death_of_child(int status, const process_limits& limits) {
  if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL)) {
    return "used more than " + std::to_string(limits.processor_time.count()) +
           " s of processor time, or was killed";
  }
  if (WIFSIGNALED(status)) {
    return "crashed with signal " + std::to_string(WTERMSIG(status)) + " (" + strsignal(WTERMSIG(status)) +
           ")";
  }
  return "ended with exit code " + std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

}  // namespace detail

/// Calls a function in a child process with limits on memory and time: for foreign code on foreign data, such
/// as a network that an engine may not survive. POSIX.
///
/// The child is a copy of the calling thread (`fork`): changes by the function stay in the child, its output
/// is discarded, and no destructors run at its end. No other thread may hold a lock that the function needs;
/// call it before starting threads, or while they are idle.
///
/// @param[in] limits memory and time
/// @param[in] f      a function without arguments; its result is ignored
/// @return nothing if `f` returned; else why not: what it threw, the signal that ended the child, or the
/// limit
///
/// Throws: `error` if there can be no child process.
/// Complexity: `fork`, about 1 ms per GB of the caller's memory.
///
/// @code
/// if (const auto problem = mll::guarded_call({}, [&] { model.predict(batch, scores); }))
///   std::cerr << "left out: " << *problem << '\n';
/// @endcode
template <class Function>
[[nodiscard]] std::optional<std::string> guarded_call(const process_limits& limits, Function&& f) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) throw error{"cannot create a pipe: " + std::generic_category().message(errno)};
  for (int& end : ends) {  // beyond the three standard streams, which the child redirects
    const int moved = fcntl(end, F_DUPFD_CLOEXEC, 3);
    close(end);
    end = moved;
  }
  const std::size_t address_space_before = detail::address_space();
  const pid_t child = fork();
  if (child < 0) {
    const int reason = errno;
    for (const int end : ends) close(end);
    throw error{"cannot create a child process: " + std::generic_category().message(reason)};
  }
  if (child == 0) {
    std::string answer = "-an exception that is not a std::exception";
    try {
      close(ends[0]);
      detail::confine_child(limits, address_space_before);
      std::forward<Function>(f)();
      answer = "+";
    } catch (const std::bad_alloc&) {
      answer = "-needs more than " + std::to_string(limits.memory_bytes >> 20U) + " MiB of memory";
    } catch (const std::exception& thrown) {
      answer = std::string{"-"} + thrown.what();
    } catch (...) {
    }
    detail::write_all(ends[1], answer);
    _exit(0);
  }
  close(ends[1]);
  const auto [answer, in_time] = detail::read_pipe(ends[0], limits.wall_time);
  close(ends[0]);
  if (!in_time) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (answer.starts_with('+')) return std::nullopt;
  if (answer.starts_with('-')) return answer.substr(1);
  if (!in_time) return "did not end within " + std::to_string(limits.wall_time.count()) + " s";
  return detail::death_of_child(status, limits);
}

}  // namespace mll
