// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "mll/exec/backend.hpp"
#include "mll/exec/for_each_index.hpp"
#include "mll/testing/detail/violations.hpp"

namespace mll::testing {

/// Tests whether a backend keeps the contract of `exec::execution_backend`: it has a name and at least one
/// thread; `run` calls once, before it returns, and lets exceptions through; `exec::for_each_index` calls
/// every index once, on no more threads at a time than the backend has; a copy does the same.
///
/// @return one sentence for each violation; empty if all is well
template <exec::execution_backend B>
[[nodiscard]] std::vector<std::string> check_backend(const B& backend) {
  detail::violations found;
  const auto check = [&](const B& asked, const std::string& who) {
    found.attempt(who + "name", [&] {
      found.add_if(std::string_view{asked.name()}.empty(), who + "name: expected a name, found an empty one");
    });
    std::size_t threads = 0;
    found.attempt(who + "concurrency", [&] { threads = static_cast<std::size_t>(asked.concurrency()); });
    found.add_if(threads == 0, who + "concurrency: expected at least 1, found 0");

    int calls = 0;
    found.attempt(who + "run", [&] { asked.run([&] { ++calls; }); });
    found.add_if(calls != 1, who + "run: expected 1 call of its argument before it returns, found " +
                                 std::to_string(calls));
    bool through = false;
    try {
      asked.run([] { throw std::runtime_error{"planted"}; });
    } catch (const std::runtime_error&) {
      through = true;
    }
    found.add_if(!through, who + "run: expected what its argument throws to come through, found nothing");

    for (const std::size_t count : {0U, 1U, 2U, 1000U}) {
      std::vector<std::atomic<int>> seen(count);
      std::atomic<std::size_t> inside = 0;
      std::atomic<std::size_t> most = 0;
      found.attempt(who + "for_each_index", [&] {
        exec::for_each_index(asked, count, [&](std::size_t i) {
          const std::size_t now = ++inside;
          for (std::size_t before = most; before < now && !most.compare_exchange_weak(before, now);) {
          }
          // Lingers now and then, so that threads meet here even if they share a core.
          if (i % 50 == 0) std::this_thread::sleep_for(std::chrono::microseconds{200});
          ++seen[i];
          --inside;
        });
      });
      const bool once = std::all_of(seen.begin(), seen.end(), [](const auto& n) { return n == 1; });
      found.add_if(!once, who + "policy: expected every one of " + std::to_string(count) +
                              " indices once, found others");
      found.add_if(most > std::max<std::size_t>(threads, 1),
                   who + "concurrency: expected at most " + std::to_string(threads) +
                       " threads at a time, found " + std::to_string(most));
    }
  };
  check(backend, "");
  check(B{backend}, "a copy: ");
  return found.take();
}

}  // namespace mll::testing
