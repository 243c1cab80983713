// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mll/core/detail/code_point.hpp"
#include "mll/core/detail/visible_text.hpp"

namespace mll::detail {

MLL_DEFINE std::string visible_text(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
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
      out += "\\x";
      out += digits[byte / 16];
      out += digits[byte % 16];
    } else {
      out += "U+";
      for (std::size_t shift = c.value > 0xFFFF ? 20 : 16; shift > 0; shift -= 4)
        out += digits[(c.value >> (shift - 4)) & 0xFU];
    }
    text.remove_prefix(c.bytes);
  }
  return out;
}

}  // namespace mll::detail
