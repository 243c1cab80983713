// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>

#include "mll/exec/index_function_ref.hpp"

namespace mll::exec {

namespace detail {

/// `b.for_each(n, f)` for a const backend.
template <class B>
concept has_for_each = requires(const B& b, std::size_t n, index_function_ref f) { b.for_each(n, f); };

}  // namespace detail

/// Where a stage runs, and on how many threads. A backend is a small value, the first argument of a stage; it
/// changes the time that a result takes, never the result.
///
/// Valid expression for a `const B b`, a `std::size_t n` and an `index_function_ref f`:
/// - `b.for_each(n, f)`: calls `f(i)` once for each i in [0, n), in any order, on at most `b.concurrency()`
///   threads at a time, and returns when all calls have returned. `f` may be called concurrently. Calls made
///   by the library do not throw. `f` may call `b.for_each` again.
///
/// Optional:
/// - `b.name()`: what reports print, such as `"omp"`; by default `"custom"`
/// - `b.concurrency()`: number of threads, at least 1; by default that of the processor
///
/// `backend_ref` provides the defaults.
///
/// Models: `exec::sequential`, `exec::omp`, `exec::tbb`, `exec::backend_ref`. Not models: a Thrust policy,
/// and `exec::cuda` (it cannot call host code; its stages are overloads).
///
/// @code
/// struct my_threads {
///   void for_each(std::size_t n, mll::exec::index_function_ref f) const {
///     std::vector<std::jthread> team;
///     for (std::size_t t = 0; t < 4; ++t)
///       team.emplace_back([=] { for (std::size_t i = t; i < n; i += 4) f(i); });
///   }
/// };
/// static_assert(mll::exec::execution_backend<my_threads>);
/// @endcode
template <class B>
concept execution_backend = std::copyable<B> && detail::has_for_each<B>;

}  // namespace mll::exec
