// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <limits>
#include <mutex>

#include "mll/exec/backend.hpp"
#include "mll/exec/backend_ref.hpp"

namespace mll::exec {

namespace detail {

/// The exception of the lowest index that threw.
class first_failure {
 public:
  [[nodiscard]] bool is_before(std::size_t index) const noexcept {
    return index_.load(std::memory_order_relaxed) < index;
  }
  /// To be called from a `catch` block.
  void note(std::size_t index) noexcept {
    const std::scoped_lock lock{guard_};
    if (index >= index_) return;
    index_ = index;
    exception_ = std::current_exception();
  }
  void rethrow_if_any() const {
    if (exception_) std::rethrow_exception(exception_);
  }

 private:
  std::mutex guard_;
  std::atomic<std::size_t> index_ = std::numeric_limits<std::size_t>::max();
  std::exception_ptr exception_;
};

}  // namespace detail

/// Calls `f(i)` once for each i in [0, count), in any order and on any of the backend's threads.
///
/// The calls must not depend on each other. Callers that reduce do so within one index, or afterwards in
/// index order, so that the result is the same on every backend and thread count.
///
/// @code
/// std::vector<std::size_t> lengths(texts.size());
/// mll::exec::for_each_index(backend, texts.size(), [&](std::size_t i) { lengths[i] = texts[i].size(); });
/// @endcode
///
/// @param[in] backend where to run
/// @param[in] count   number of calls
/// @param[in] f       callable with `std::size_t`; called concurrently
///
/// Throws: the exception of `f`; if several calls threw, that of the lowest index. Calls of higher indices
/// may then be left out. (No exception may leave an OpenMP region, so none reaches the backend.) Cost: one
/// indirect call per index. A loop with a tiny body should take a block of items per index.
template <class F>
void for_each_index(backend_ref backend, std::size_t count, F&& f) {
  detail::first_failure failure;
  const auto guarded = [&f, &failure](std::size_t i) {
    if (failure.is_before(i)) return;
    try {
      f(i);
    } catch (...) {
      failure.note(i);
    }
  };
  backend.for_each(count, guarded);
  failure.rethrow_if_any();
}

}  // namespace mll::exec
