// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>

namespace mll::detail {

/// Whether a decimal number, in the syntax of `std::from_chars`, is below 1 in magnitude.
[[nodiscard]] constexpr bool is_below_one(std::string_view text) noexcept {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t mark = std::min(text.find_first_of("eE"), text.size());
  const std::string_view digits = text.substr(0, mark);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  const std::size_t first = digits.find_first_of("123456789");
  if (first == std::string_view::npos) return true;
  // The number is d.ddd * 10^exponent.
  std::ptrdiff_t exponent = first < point
                                ? static_cast<std::ptrdiff_t>(point - first) - 1
                                : static_cast<std::ptrdiff_t>(point) - static_cast<std::ptrdiff_t>(first);
  std::string_view power = text.substr(std::min(mark + 1, text.size()));
  const bool negative = power.starts_with('-');
  if (negative || power.starts_with('+')) power.remove_prefix(1);
  constexpr std::ptrdiff_t enough = 1'000'000'000;
  std::ptrdiff_t value = 0;
  for (const char c : power) value = std::min(enough, value * 10 + (c - '0'));
  return exponent + (negative ? -value : value) < 0;
}

/// A number as programs write it: the syntax of `std::from_chars`, with an optional plus sign; a real number
/// too small for T is zero. Independent of the locale.
/// @return nothing for other text, and for a number too large for T
template <class T>
  requires std::integral<T> || std::floating_point<T>
[[nodiscard]] std::optional<T> parse_number(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  T value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || failure == std::errc::invalid_argument) return std::nullopt;
  if (failure == std::errc::result_out_of_range) {
    if constexpr (std::floating_point<T>) {
      if (is_below_one(text)) return text.starts_with('-') ? -T{0} : T{0};
    }
    return std::nullopt;
  }
  return value;
}

}  // namespace mll::detail
