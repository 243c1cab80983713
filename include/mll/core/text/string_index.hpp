// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"

namespace mll::detail {

/// Different strings, numbered from 0 in order of insertion.
///
/// All strings are in one buffer and the hash table holds numbers only: with a hundred thousand short words,
/// allocations would take most of the time of loading a graph.
class string_index {
 public:
  string_index() = default;
  /// @param[in] count expected number of strings
  MLL_LOCAL explicit string_index(std::size_t count) { reserve(count); }

  MLL_LOCAL void reserve(std::size_t count) {
    ends_.reserve(count);
    if (2 * count > slots_.size()) rehash(2 * count);
  }

  /// Inserts a string; returns its number and whether it is new.
  MLL_LOCAL std::pair<std::uint32_t, bool> insert(std::string_view text) {
    if (2 * (size() + 1) > slots_.size()) rehash(4 * (size() + 1));
    std::uint32_t& slot = slots_[slot_of(text)];
    if (slot != empty_slot) return {slot, false};
    slot = static_cast<std::uint32_t>(size());
    text_ += text;
    ends_.push_back(text_.size());
    return {slot, true};
  }

  /// The number of a string, if any.
  MLL_LOCAL [[nodiscard]] std::optional<std::uint32_t> find(std::string_view text) const {
    if (slots_.empty()) return std::nullopt;
    const std::uint32_t slot = slots_[slot_of(text)];
    return slot == empty_slot ? std::nullopt : std::optional{slot};
  }

  /// The string with this number; valid until the next insertion.
  [[nodiscard]] std::string_view operator[](std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view{text_}.substr(begin, ends_[i] - begin);
  }

  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }

 private:
  static constexpr std::uint32_t empty_slot = std::numeric_limits<std::uint32_t>::max();

  // Linear probing in 2^n slots, at most half full.
  [[nodiscard]] std::size_t slot_of(std::string_view text) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = std::hash<std::string_view>{}(text)&mask;
    while (slots_[at] != empty_slot && (*this)[slots_[at]] != text) at = (at + 1) & mask;
    return at;
  }

  MLL_LOCAL void rehash(std::size_t min_slots) {
    std::size_t slot_count = 16;
    while (slot_count < min_slots) slot_count *= 2;
    slots_.assign(slot_count, empty_slot);
    for (std::size_t i = 0; i < size(); ++i) slots_[slot_of((*this)[i])] = static_cast<std::uint32_t>(i);
  }

  std::string text_;
  std::vector<std::size_t> ends_;
  std::vector<std::uint32_t> slots_;
};

}  // namespace mll::detail
