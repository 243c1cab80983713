// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>

// Exponentials and logarithms of many values, through Eigen's vector instructions. Stages call these
// functions instead of writing array expressions: each type of expression costs a compiler about as much as a
// hundred lines of loops.
namespace mll::detail {

/// Number of values per loop: loops of constant length are vectorised at -O2, too.
inline constexpr std::size_t lane_block = 16;

/// A number rounded up to a multiple of `lane_block`.
[[nodiscard]] constexpr std::size_t padded(std::size_t count) noexcept {
  return (count + lane_block - 1) / lane_block * lane_block;
}

/// Calls `f` with `lane_block` values at a time. The last ones are copied and filled up, so that a result
/// does not depend on where its value stands.
template <std::floating_point T, class F>
void in_lane_blocks(std::span<T> values, const F& f) {
  std::size_t i = 0;
  for (; i + lane_block <= values.size(); i += lane_block) f(values.data() + i);
  if (i == values.size()) return;
  std::array<T, lane_block> rest;
  rest.fill(1);
  std::copy(values.begin() + static_cast<std::ptrdiff_t>(i), values.end(), rest.begin());
  f(rest.data());
  std::copy_n(rest.begin(), values.size() - i, values.begin() + static_cast<std::ptrdiff_t>(i));
}

/// Replaces `lane_block` values by their exponentials.
template <std::floating_point T>
void exp_lanes(T* values) {
  Eigen::Map<Eigen::Array<T, lane_block, 1>> block{values};
  block = block.exp();
}
/// Replaces `lane_block` values by their logarithms.
template <std::floating_point T>
void log_lanes(T* values) {
  Eigen::Map<Eigen::Array<T, lane_block, 1>> block{values};
  block = block.log();
}

template <std::floating_point T>
void exp_in_place(std::span<T> values) {
  in_lane_blocks(values, [](T* x) { exp_lanes(x); });
}

template <std::floating_point T>
void log_in_place(std::span<T> values) {
  in_lane_blocks(values, [](T* x) { log_lanes(x); });
}

}  // namespace mll::detail
