// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/model/guarded_call.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using mll::guarded_call;

namespace {

std::string problem_of(const std::optional<std::string>& found) {
  return found ? *found : "nothing";
}

}  // namespace

TEST_CASE("guarded_call runs the function in another process") {
  int value = 1;
  const pid_t here = getpid();
  bool elsewhere = true;
  const auto found = guarded_call({}, [&] {
    value = 2;
    if (getpid() == here) throw std::runtime_error{"the same process"};
    elsewhere = false;
  });
  CHECK(problem_of(found) == "nothing");
  CHECK(value == 1);
  CHECK(elsewhere);
}

TEST_CASE("guarded_call returns what the function throws") {
  CHECK(problem_of(guarded_call({}, [] { throw std::runtime_error{"x.onnx: damaged"}; })) ==
        "x.onnx: damaged");
  CHECK(problem_of(guarded_call({}, [] { throw 42; })) == "an exception that is not a std::exception");
  const std::string longer(200'000, 'x');  // more than a pipe holds
  CHECK(problem_of(guarded_call({}, [&] { throw std::runtime_error{longer}; })) == longer);
}

TEST_CASE("guarded_call survives crashes, signals and exits of its function") {
  for (const int signal : {SIGSEGV, SIGFPE, SIGABRT, SIGILL, SIGBUS, SIGTERM}) {
    const std::string found = problem_of(guarded_call({}, [&] { std::raise(signal); }));
    CHECK(found.starts_with("crashed with signal " + std::to_string(signal) + " ("));
  }
  CHECK(problem_of(guarded_call({}, [] { std::raise(SIGKILL); })).ends_with("or was killed"));
  CHECK(problem_of(guarded_call({}, [] { _exit(3); })) == "ended with exit code 3");
  // Ctrl-C is handled by the parent.
  CHECK(problem_of(guarded_call({}, [] { std::raise(SIGINT); })) == "nothing");
}

TEST_CASE("guarded_call stops a function that does not end") {
  using namespace std::chrono_literals;
  const auto begin = std::chrono::steady_clock::now();
  CHECK(problem_of(guarded_call({.wall_time = 1s}, [] { std::this_thread::sleep_for(1h); })) ==
        "did not end within 1 s");
  volatile std::size_t steps = 0;
  CHECK(problem_of(guarded_call({.processor_time = 1s}, [&] {
          for (;;) steps = steps + 1;
        })) == "used more than 1 s of processor time, or was killed");
  CHECK(std::chrono::steady_clock::now() - begin < 60s);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && defined(__linux__) && \
    !defined(__clang__)
TEST_CASE("guarded_call limits the memory of its function") {
  const auto take = [](std::size_t bytes) {
    return [bytes] {
      const std::vector<char> block(bytes, 'x');
      if (block[bytes / 2] != 'x') throw std::runtime_error{"wrong"};
    };
  };
  const mll::process_limits limits{.memory_bytes = std::size_t{64} << 20U};
  CHECK(problem_of(guarded_call(limits, take(std::size_t{16} << 20U))) == "nothing");
  CHECK(problem_of(guarded_call(limits, take(std::size_t{256} << 20U))) ==
        "needs more than 64 MiB of memory");
}
#endif
