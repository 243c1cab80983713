// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace mll::detail {

/// The first character of a text in UTF-8.
struct code_point {
  char32_t value = 0;
  std::size_t bytes = 1;
  bool valid = false;  ///< false: `bytes` is 1, and the byte does not begin a character
};

/// Decodes the first character of a text that is not empty, which need not be valid UTF-8.
[[nodiscard]] constexpr code_point first_code_point(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  const code_point broken{lead, 1, false};
  if (lead < 0xC2 || lead > 0xF4 || length > text.size()) return broken;
  auto value = static_cast<char32_t>(lead & (0x7FU >> length));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return broken;
    value = (value << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> min_value{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value < 0xE000;
  if (value < min_value[length] || value > 0x10FFFF || surrogate) return broken;
  return {value, length, true};
}

/// Whether a character shows nothing, or a blank: controls, white space, and characters that only change how
/// others are shown.
[[nodiscard]] constexpr bool is_invisible(char32_t c) noexcept {
  if (c <= 0x20 || (c >= 0x7F && c <= 0xA0)) return true;
  if (c < 0xAD) return false;
  constexpr std::array<std::pair<char32_t, char32_t>, 16> ranges{{{0xAD, 0xAD},
                                                                  {0x34F, 0x34F},
                                                                  {0x61C, 0x61C},
                                                                  {0x115F, 0x1160},
                                                                  {0x1680, 0x1680},
                                                                  {0x17B4, 0x17B5},
                                                                  {0x180B, 0x180F},
                                                                  {0x2000, 0x200F},
                                                                  {0x2028, 0x202F},
                                                                  {0x205F, 0x206F},
                                                                  {0x3000, 0x3000},
                                                                  {0x3164, 0x3164},
                                                                  {0xFE00, 0xFE0F},
                                                                  {0xFEFF, 0xFEFF},
                                                                  {0xFFA0, 0xFFA0},
                                                                  {0xFFF0, 0xFFFB}}};
  if (c >= 0xE0000 && c <= 0xE0FFF) return true;
  return std::any_of(ranges.begin(), ranges.end(),
                     [c](const auto& range) { return range.first <= c && c <= range.second; });
}

/// Whether a text has nothing that can be seen.
[[nodiscard]] constexpr bool is_blank(std::string_view text) noexcept {
  while (!text.empty()) {
    const code_point c = first_code_point(text);
    if (!c.valid || !is_invisible(c.value)) return false;
    text.remove_prefix(c.bytes);
  }
  return true;
}

}  // namespace mll::detail
