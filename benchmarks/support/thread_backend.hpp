// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// All cores of the host without OpenMP or TBB, for programs that are built with a CUDA toolkit alone.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <string_view>
#include <thread>
#include <vector>

#include "mll/exec/backend.hpp"
#include "mll/exec/index_function_ref.hpp"

namespace mll::benchmark {

class thread_backend {
 public:
  [[nodiscard]] std::string_view name() const { return "threads"; }
  [[nodiscard]] std::size_t concurrency() const {
    return std::max<std::size_t>(1, std::thread::hardware_concurrency());
  }
  void for_each(std::size_t n, exec::index_function_ref f) const {
    const std::size_t threads = std::min(concurrency(), n);
    if (threads < 2) {
      for (std::size_t i = 0; i < n; ++i) f(i);
      return;
    }
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> team;
    for (std::size_t t = 0; t < threads; ++t) {
      team.emplace_back([&] {
        for (std::size_t i = next++; i < n; i = next++) f(i);
      });
    }
  }
};

static_assert(exec::execution_backend<thread_backend>);

}  // namespace mll::benchmark
