// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "mll/exec/backend.hpp"
#include "mll/exec/index_function_ref.hpp"
#include "mll/testing/detail/violations.hpp"

namespace mll::testing {

/// Checks the contract of `exec::execution_backend` beyond what the compiler sees: `for_each` calls each
/// index once, before it returns; a call may call `for_each` again; a copy behaves the same. A backend with
/// `name()` returns one that is not empty. One with `concurrency()` has at least one thread, and runs no more
/// calls at a time than it has threads.
///
/// @return one sentence per violation
template <exec::execution_backend B>
[[nodiscard]] std::vector<std::string> check_backend(const B& backend) {
  detail::violations found;
  const auto check = [&](const B& asked, const std::string& who) {
    if constexpr (requires { asked.name(); }) {
      found.attempt(who + "name", [&] {
        found.add_if(std::string_view{asked.name()}.empty(),
                     who + "name: expected a name, found an empty one");
      });
    }
    std::size_t threads = std::numeric_limits<std::size_t>::max();
    if constexpr (requires { asked.concurrency(); }) {
      threads = 0;
      found.attempt(who + "concurrency", [&] { threads = static_cast<std::size_t>(asked.concurrency()); });
      found.add_if(threads == 0, who + "concurrency: expected at least 1, found 0");
    }

    for (const std::size_t count : {0U, 1U, 2U, 1000U}) {
      std::vector<std::atomic<int>> seen(count);
      std::atomic<std::size_t> inside = 0;
      std::atomic<std::size_t> max_inside = 0;
      found.attempt(who + "for_each", [&] {
        const auto visit = [&](std::size_t i) {
          if (i >= count) return;
          const std::size_t now = ++inside;
          for (std::size_t before = max_inside;
               before < now && !max_inside.compare_exchange_weak(before, now);) {
          }
          // Sleeps now and then, so that threads overlap here even on one core.
          if (i % 50 == 0) std::this_thread::sleep_for(std::chrono::microseconds{200});
          ++seen[i];
          --inside;
        };
        asked.for_each(count, exec::index_function_ref{visit});
      });
      const bool once = std::all_of(seen.begin(), seen.end(), [](const auto& n) { return n == 1; });
      found.add_if(!once, who + "for_each: expected one call for each of " + std::to_string(count) +
                              " indices before it returns, found another number of calls");
      found.add_if(max_inside > std::max<std::size_t>(threads, 1),
                   who + "concurrency: expected at most " + std::to_string(threads) +
                       " threads at a time, found " + std::to_string(max_inside));
    }

    std::atomic<std::size_t> calls = 0;
    found.attempt(who + "nested for_each", [&] {
      const auto inner = [&](std::size_t) { ++calls; };
      const auto outer = [&](std::size_t) { asked.for_each(3, exec::index_function_ref{inner}); };
      asked.for_each(3, exec::index_function_ref{outer});
    });
    found.add_if(calls != 9, who + "nested for_each: expected 9 calls, found " + std::to_string(calls));
  };
  check(backend, "");
  check(B{backend}, "a copy: ");
  return found.take();
}

}  // namespace mll::testing
