// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#if !__has_include(<tbb/task_arena.h>)
#error "mll/exec/tbb.hpp needs oneTBB: install it (Debian: libtbb-dev) and link the CMake target mll::tbb"
#endif

#include <tbb/task_arena.h>
#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/system/tbb/execution_policy.h>

#include <cstddef>
#include <string_view>
#include <utility>

#include "mll/exec/backend.hpp"

namespace mll::exec {

/// oneTBB's task scheduler (Thrust's TBB system). Component `mll::tbb`.
///
/// @code
/// const mll::exec::tbb backend;
/// const auto chosen = mll::select(backend, labels, match);
/// @endcode
class tbb {
 public:
  /// TBB's own number of threads.
  tbb() = default;
  /// @param[in] threads number of threads; 0 leaves the choice to TBB
  explicit tbb(std::size_t threads) noexcept : threads_{threads} {}

  [[nodiscard]] static constexpr std::string_view name() noexcept { return "tbb"; }
  [[nodiscard]] std::size_t concurrency() const noexcept {
    return threads_ != 0 ? threads_ : static_cast<std::size_t>(::tbb::this_task_arena::max_concurrency());
  }
  void for_each(std::size_t count, index_function_ref f) const {
    run([&] { thrust::for_each_n(thrust::tbb::par, thrust::counting_iterator<std::size_t>{0}, count, f); });
  }

  /// The policy for Thrust algorithms of one's own, to be called within `run`.
  [[nodiscard]] static const auto& policy() noexcept { return thrust::tbb::par; }
  /// Calls `f()` once, with the thread limit in force.
  template <class F>
  void run(F&& f) const {
    // The current arena will do if it has that size, and its threads are awake: a new arena would have to
    // wake them.
    if (threads_ == 0 || ::tbb::this_task_arena::max_concurrency() == static_cast<int>(threads_)) {
      std::forward<F>(f)();
    } else {
      ::tbb::task_arena{static_cast<int>(threads_)}.execute(std::forward<F>(f));
    }
  }

 private:
  std::size_t threads_ = 0;
};

static_assert(execution_backend<tbb>);

}  // namespace mll::exec
