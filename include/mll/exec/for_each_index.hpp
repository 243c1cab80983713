// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>

#include <cstddef>
#include <exception>
#include <limits>
#include <mutex>

#include "mll/exec/backend.hpp"

namespace mll::exec {

/// Calls `f(i)` once for every i in [0, count), in any order and on any of the backend's threads.
///
/// The calls must not depend on each other. Callers that reduce do so inside one index, or afterwards in
/// index order, so that the result is the same on every backend and thread count.
///
/// @param[in] backend where to run
/// @param[in] count   number of calls
/// @param[in] f       callable with `std::size_t`; called concurrently
///
/// Throws: what `f` threw; if several calls did, what the one with the lowest index threw. (An exception must
/// not leave an OpenMP region, so it is carried out by hand.) Calls that have not begun by then may be left
/// out.
template <execution_backend Backend, class F>
void for_each_index(const Backend& backend, std::size_t count, F&& f) {
  std::exception_ptr failure;
  std::size_t failed_at = std::numeric_limits<std::size_t>::max();
  std::mutex guard;
  const auto guarded = [&](std::size_t i) {
    try {
      f(i);
    } catch (...) {
      const std::scoped_lock lock{guard};
      if (i < failed_at) {
        failed_at = i;
        failure = std::current_exception();
      }
    }
  };
  backend.run([&] {
    thrust::for_each_n(backend.policy(), thrust::counting_iterator<std::size_t>{0}, count, guarded);
  });
  if (failure) std::rethrow_exception(failure);
}

}  // namespace mll::exec
