// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>

#include "mll/core/detail/code_point.hpp"
#include "mll/core/text/fold_case.hpp"

// 1 if programs that link mll::mll are linked with ICU, which CMake does where ICU is installed.
#if !defined(MLL_UNICODE)
#define MLL_UNICODE 0
#endif

#if MLL_UNICODE
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utypes.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mll/core/error.hpp"
#endif

namespace mll {

namespace detail {

/// Writes apostrophes, hyphens, blanks and the two letters i of Turkish as those of ASCII, and drops
/// characters that show nothing.
MLL_LOCAL [[nodiscard]] std::string with_plain_marks(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const code_point c = first_code_point(text);
    const bool apostrophe = c.value == 0x2019 || c.value == 0x2018 || c.value == 0x2BC || c.value == 0xFF07;
    const bool hyphen = (c.value >= 0x2010 && c.value <= 0x2015) || c.value == 0x2212;
    const bool blank = c.value == 0xA0 || c.value == 0x1680 || (c.value >= 0x2000 && c.value <= 0x200A) ||
                       c.value == 0x2028 || c.value == 0x2029 || c.value == 0x202F || c.value == 0x205F ||
                       c.value == 0x3000;
    const bool dotted = c.value == 0x307 && (out.ends_with('i') || out.ends_with('I'));  // the dot of U+0130
    if (c.valid && (apostrophe || hyphen || blank)) {
      out += apostrophe ? '\'' : hyphen ? '-' : ' ';
    } else if (c.valid && (c.value == 0x130 || c.value == 0x131)) {
      out += 'i';
    } else if (dotted) {
    } else if (!c.valid || c.value < 0x80 || !is_invisible(c.value)) {
      out += text.substr(0, c.bytes);
    }
    text.remove_prefix(c.bytes);
  }
  return out;
}

#if MLL_UNICODE
/// The form NFKC_Casefold of Unicode; text that is not UTF-8 stays as it is.
MLL_LOCAL [[nodiscard]] std::string nfkc_casefold(std::string_view text) {
  std::vector<UChar> wide(text.size() + 1);
  std::int32_t length = 0;
  UErrorCode failure = U_ZERO_ERROR;
  u_strFromUTF8(wide.data(), static_cast<std::int32_t>(wide.size()), &length, text.data(),
                static_cast<std::int32_t>(text.size()), &failure);
  if (U_FAILURE(failure)) return std::string{text};
  const auto require = [&](const char* what) {
    if (U_FAILURE(failure)) throw error{std::string{"Unicode "} + what + ": " + u_errorName(failure)};
  };
  const UNormalizer2* const folding = unorm2_getNFKCCasefoldInstance(&failure);
  require("case folding");
  std::vector<UChar> folded(wide.size() * 4 + 32);
  for (;;) {
    const std::int32_t size = unorm2_normalize(folding, wide.data(), length, folded.data(),
                                               static_cast<std::int32_t>(folded.size()), &failure);
    if (failure != U_BUFFER_OVERFLOW_ERROR) {
      length = size;
      break;
    }
    failure = U_ZERO_ERROR;
    folded.resize(static_cast<std::size_t>(size) + 1);
  }
  require("case folding");
  std::string out(static_cast<std::size_t>(length) * 3, '\0');
  std::int32_t size = 0;
  u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &size, folded.data(), length, &failure);
  require("case folding");
  out.resize(static_cast<std::size_t>(size));
  return out;
}
#endif

}  // namespace detail

MLL_DEFINE std::string fold_case(std::string_view text) {
  std::string out{text};
  if (!detail::is_ascii(text)) {
#if MLL_UNICODE
    out = detail::nfkc_casefold(out);
#endif
    out = detail::with_plain_marks(out);
  }
  detail::lower_ascii(out);
  return out;
}

MLL_DEFINE bool has_capital(std::string_view text) {
  while (!text.empty()) {
    const detail::code_point c = detail::first_code_point(text);
    if (c.value >= 'A' && c.value <= 'Z') return true;
#if MLL_UNICODE
    if (c.valid && c.value >= 0x80 && (u_isUUppercase(static_cast<UChar32>(c.value)) != 0)) return true;
#endif
    text.remove_prefix(c.bytes);
  }
  return false;
}

}  // namespace mll
