// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>

#include "mll/exec/index_function_ref.hpp"

namespace mll::exec {

/// Where a stage runs, and on how many threads. A backend is a small value, the first argument of a stage; it
/// changes the time that a result takes, never the result.
///
/// Valid expressions for a `const B b`, a `std::size_t n` and an `index_function_ref f`:
/// - `b.name()`: what to print, e.g. `"omp"`
/// - `b.concurrency()`: number of threads it runs on, at least 1
/// - `b.for_each(n, f)`: calls `f(i)` once for each i in [0, n), in any order, on at most `b.concurrency()`
///   threads at a time, and returns when all calls have returned. `f` may be called concurrently. Calls made
///   by the library do not throw. `f` may call `b.for_each` again.
///
/// Models: `exec::sequential`, `exec::omp`, `exec::tbb`, `exec::backend_ref`. Not models: a Thrust policy (it
/// has neither a name nor a thread limit), and `exec::cuda` (it cannot call host code; its stages are
/// overloads).
///
/// A thread pool of one's own needs no more than this:
/// @code
/// class my_threads {
///  public:
///   std::string_view name() const { return "my_threads"; }
///   std::size_t concurrency() const { return 4; }
///   void for_each(std::size_t n, mll::exec::index_function_ref f) const {
///     std::vector<std::jthread> team;
///     for (std::size_t t = 0; t < 4; ++t)
///       team.emplace_back([=] { for (std::size_t i = t; i < n; i += 4) f(i); });
///   }
/// };
/// static_assert(mll::exec::execution_backend<my_threads>);
/// @endcode
template <class B>
concept execution_backend = std::copyable<B> && requires(const B& b, std::size_t n, index_function_ref f) {
  { b.name() } -> std::convertible_to<std::string_view>;
  { b.concurrency() } -> std::convertible_to<std::size_t>;
  b.for_each(n, f);
};

}  // namespace mll::exec
