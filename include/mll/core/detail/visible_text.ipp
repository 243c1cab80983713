// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

#include "mll/core/detail/code_point.hpp"
#include "mll/core/detail/hex_text.hpp"
#include "mll/core/detail/visible_text.hpp"

namespace mll::detail {

MLL_DEFINE std::string visible_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const code_point c = first_code_point(text);
    const auto byte = static_cast<unsigned char>(text.front());
    if (c.valid && (c.value == ' ' || !is_invisible(c.value))) {
      out += text.substr(0, c.bytes);
    } else if (c.value == '\t' || c.value == '\n' || c.value == '\r') {
      out += c.value == '\t' ? "\\t" : c.value == '\n' ? "\\n" : "\\r";
    } else if (!c.valid || c.value < 0x80) {
      out += "\\x" + hex_text(byte, 2, upper_hex_digits);
    } else {
      out += "U+" + hex_text(c.value, c.value > 0xFFFF ? 5 : 4, upper_hex_digits);
    }
    text.remove_prefix(c.bytes);
  }
  return out;
}

}  // namespace mll::detail
