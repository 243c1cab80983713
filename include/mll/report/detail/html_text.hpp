// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

#include "mll/core/detail/visible_text.hpp"

namespace mll::detail {

/// Foreign text as HTML content or in a quoted attribute: markup is escaped, invisible characters are spelt
/// out.
[[nodiscard]] inline std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : visible_text(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// Text of at most about `bytes` bytes, cut between two characters.
[[nodiscard]] inline std::string shortened(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string{text};
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return std::string{text.substr(0, bytes)} + "\u2026";
}

/// A number with a fixed count of decimals, in every locale; a dash if it is not finite.
[[nodiscard]] inline std::string fixed_number(double value, int decimals) {
  if (!std::isfinite(value)) return "\u2013";
  std::array<char, 64> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals);
  const std::string_view text{buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data())};
  return std::string{text.starts_with("-") && text.find_first_of("123456789") == text.npos ? text.substr(1)
                                                                                           : text};
}

/// `1 234 567`, with narrow spaces.
[[nodiscard]] inline std::string grouped_number(std::size_t value) {
  std::string out = std::to_string(value);
  for (std::size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, "\u202F");
  return out;
}

}  // namespace mll::detail
