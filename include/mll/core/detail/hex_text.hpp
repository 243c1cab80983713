// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mll::detail {

inline constexpr std::string_view lower_hex_digits = "0123456789abcdef";
inline constexpr std::string_view upper_hex_digits = "0123456789ABCDEF";

/// A number in base 16 with leading zeros: its last `count` digits.
[[nodiscard]] inline std::string hex_text(std::uint64_t value, std::size_t count,
                                          std::string_view digits = lower_hex_digits) {
  std::string out(count, '0');
  for (std::size_t i = count; i-- > 0; value >>= 4U) out[i] = digits[value & 15U];
  return out;
}

}  // namespace mll::detail
