// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>

namespace mll {

/// An index of one kind. Ids of different kinds do not convert into each other.
///
/// Ids are dense where their owner says so (node ids of a graph, class ids of a task), and stable for the
/// life of their owner. A default-constructed id is invalid and compares greater than every valid id.
///
/// @tparam Tag distinguishes kinds of ids; any type, may be incomplete
template <class Tag>
class strong_id {
 public:
  using value_type = std::uint32_t;

  constexpr strong_id() noexcept = default;
  constexpr explicit strong_id(value_type value) noexcept : value_{value} {}
  constexpr explicit strong_id(std::size_t value) noexcept : value_{static_cast<value_type>(value)} {}
  constexpr explicit strong_id(int value) noexcept : value_{static_cast<value_type>(value)} {}

  [[nodiscard]] constexpr value_type value() const noexcept { return value_; }
  /// The id as an offset into an array.
  [[nodiscard]] constexpr std::size_t index() const noexcept { return value_; }
  [[nodiscard]] constexpr bool valid() const noexcept { return value_ != invalid_value; }

  friend constexpr auto operator<=>(strong_id, strong_id) noexcept = default;

 private:
  static constexpr value_type invalid_value = std::numeric_limits<value_type>::max();
  value_type value_ = invalid_value;
};

using node_id = strong_id<struct node_tag>;    ///< a node of a `semantic_dag`; dense from 0
using model_id = strong_id<struct model_tag>;  ///< a model of a `hub`; never reused by a hub
using class_id = strong_id<struct class_tag>;  ///< a class of a task; dense from 0, in the user's order

/// One classification head: an output column of one model. Stable as long as its model is in the hub.
struct head_id {
  model_id model;
  std::uint32_t index = 0;  ///< column of the model's output, from 0

  // nvcc 13 does not emit the `==` that comes with a defaulted `<=>` of a struct of two members.
  friend constexpr bool operator==(const head_id& a, const head_id& b) noexcept {
    return a.model == b.model && a.index == b.index;
  }
  friend constexpr auto operator<=>(const head_id&, const head_id&) noexcept = default;
};

}  // namespace mll

template <class Tag>
struct std::hash<mll::strong_id<Tag>> {
  std::size_t operator()(mll::strong_id<Tag> id) const noexcept {
    return std::hash<std::uint32_t>{}(id.value());
  }
};
