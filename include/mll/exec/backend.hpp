// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>

namespace mll::exec {

namespace detail {
struct nullary {
  void operator()() const {}
};
}  // namespace detail

/// Where and with how many threads a stage runs. A backend is a small value that is passed as the first
/// argument of a stage; it never changes a result, only the time to it.
///
/// Valid expressions for a `const B b`:
/// - `b.name()`: what to print, e.g. `"omp"`
/// - `b.concurrency()`: number of threads that it runs on, at least 1
/// - `b.policy()`: the Thrust execution policy of the backend's system
/// - `b.run(f)`: calls `f()` once, with the backend's thread limit in force; Thrust algorithms that `f`
///   calls with `b.policy()` obey it
///
/// Models: `exec::sequential`, `exec::omp`, `exec::tbb`. Not models: a bare Thrust policy (it has no thread
/// limit and no name), and `exec::cuda` (it cannot call code of the host; its stages are overloads).
template <class B>
concept execution_backend = std::copyable<B> && requires(const B& b) {
  { b.name() } -> std::convertible_to<std::string_view>;
  { b.concurrency() } -> std::convertible_to<std::size_t>;
  b.policy();
  b.run(detail::nullary{});
};

}  // namespace mll::exec
