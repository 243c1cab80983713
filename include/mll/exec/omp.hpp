// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#if !defined(_OPENMP)
#error "mll/exec/omp.hpp needs OpenMP: link the CMake target mll::omp, or compile with -fopenmp"
#endif

#include <omp.h>
#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/system/omp/execution_policy.h>

#include <cstddef>
#include <string_view>
#include <utility>

#include "mll/exec/backend.hpp"

namespace mll::exec {

/// OpenMP threads (Thrust's OMP system). Component `mll::omp`.
///
/// @code
/// const mll::exec::omp backend{8};  // 8 threads; without an argument, all cores
/// const auto chosen = mll::select(backend, labels, match);
/// @endcode
class omp {
 public:
  /// The OpenMP runtime's own number of threads (`OMP_NUM_THREADS`, else all cores).
  omp() = default;
  /// @param[in] threads number of threads; 0 leaves the choice to the OpenMP runtime
  explicit omp(std::size_t threads) noexcept : threads_{threads} {}

  [[nodiscard]] static constexpr std::string_view name() noexcept { return "omp"; }
  [[nodiscard]] std::size_t concurrency() const noexcept {
    return threads_ != 0 ? threads_ : static_cast<std::size_t>(omp_get_max_threads());
  }
  void for_each(std::size_t count, index_function_ref f) const {
    run([&] { thrust::for_each_n(thrust::omp::par, thrust::counting_iterator<std::size_t>{0}, count, f); });
  }

  /// The policy for Thrust algorithms of one's own, to be called within `run`.
  [[nodiscard]] static const auto& policy() noexcept { return thrust::omp::par; }
  /// Calls `f()` once, with the thread limit in force.
  template <class F>
  void run(F&& f) const {
    // In OpenMP the thread limit belongs to the calling thread: set it for the call only.
    struct restore {
      int before = omp_get_max_threads();
      ~restore() { omp_set_num_threads(before); }
    } const guard;
    if (threads_ != 0) omp_set_num_threads(static_cast<int>(threads_));
    std::forward<F>(f)();
  }

 private:
  std::size_t threads_ = 0;
};

static_assert(execution_backend<omp>);

}  // namespace mll::exec
