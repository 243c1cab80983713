// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>

#if !defined(__CUDACC__)
#include <atomic>
#endif

// Code for a device is written once and compiled twice: by nvcc for the device, and by a plain C++ compiler
// for the host, where tests compare it with the host's own stages.
//
// A kernel is a `body`: a trivially copyable functor that is called with a `block` and is made of loops over
// the threads of the block, each followed by a barrier. For a `Block& block`:
// - `Block::threads`: how many
// - `block.index()`: which block of the grid it is
// - `block.each_thread(f)`: calls `f(t)` for every thread t; all calls have returned when it returns, and
//   what they wrote can be read
// - `block.template shared<T>()`: a `T` of the block, not initialised; the same one whenever it is asked for
// - `typename Block::template registers<T>`: a variable of every thread; `r[t]` is that of thread t
// - `block.warp_reduce(r, f)`: makes each value the one that `f(a, b)`, which is commutative, makes of those
// of the 32
//   threads of its warp, in a fixed order
// - `block.warp_sum(r)`: the same for sums of `double`
// - `block.sort(keys)`: sorts `8 threads` keys of the block upwards
//
// What stands outside `each_thread` is the same for all threads.
//
// A `grid` has memory and runs bodies. For a `const Grid grid`:
// - `typename Grid::template buffer<T>`: owns some `T` on the device; `data()`, `size()`
// - `grid.template allocate<T>(n)`, `grid.upload(span, buffer)`, `grid.clear(buffer)` (all bytes 0),
//   `grid.download(buffer, span)` (the first ones; waits)
// - `grid.launch(blocks, body)`: runs that many blocks of `Body::threads` threads; one launch begins when the
//   one before has ended
// - `auto r = grid.record(f)`: what `f()` launches (nothing else may happen in it); `r.run()` launches it
#if defined(__CUDACC__)
#define MLL_DEVICE __device__
#define MLL_HOST_DEVICE __host__ __device__
// Marks a host-and-device template that calls a function of either kind.
#define MLL_ANY_CALLEE _Pragma("nv_exec_check_disable")
#define MLL_UNROLL _Pragma("unroll")
#else
#define MLL_DEVICE
#define MLL_HOST_DEVICE
#define MLL_ANY_CALLEE
#define MLL_UNROLL
#endif

namespace mll::exec::detail {

/// The larger of two numbers, in one instruction on a device. Neither is NaN.
MLL_DEVICE inline float greater(float a, float b) {
#if defined(__CUDACC__)
  return ::fmaxf(a, b);
#else
  return a > b ? a : b;
#endif
}
/// The smaller of two numbers; see `greater`.
MLL_DEVICE inline float lesser(float a, float b) {
#if defined(__CUDACC__)
  return ::fminf(a, b);
#else
  return a < b ? a : b;
#endif
}

/// Adds to a number that other threads add to as well; returns what it was.
MLL_DEVICE inline std::uint32_t atomic_add(std::uint32_t& to, std::uint32_t value) {
#if defined(__CUDACC__)
  return ::atomicAdd(&to, value);
#else
  return std::atomic_ref<std::uint32_t>{to}.fetch_add(value, std::memory_order_relaxed);
#endif
}
/// Adds to a number that other threads add to as well.
MLL_DEVICE inline void atomic_add(std::uint64_t& to, std::uint64_t value) {
#if defined(__CUDACC__)
  static_assert(sizeof(unsigned long long) == sizeof(std::uint64_t));
  ::atomicAdd(reinterpret_cast<unsigned long long*>(&to), static_cast<unsigned long long>(value));
#else
  std::atomic_ref<std::uint64_t>{to}.fetch_add(value, std::memory_order_relaxed);
#endif
}

/// Non-negative numbers in fixed point, in units of 2^-40: whole numbers add up to the same in any order, so
/// that sums by `atomic_add` are the same from run to run.
MLL_DEVICE inline std::uint64_t to_fixed(double value) {
  return static_cast<std::uint64_t>(value * 1099511627776.0 + 0.5);
}
MLL_DEVICE inline double from_fixed(std::uint64_t value) {
  return static_cast<double>(value) / 1099511627776.0;
}

}  // namespace mll::exec::detail
