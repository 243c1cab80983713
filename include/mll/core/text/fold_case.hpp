// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "mll/core/detail/compiled.hpp"

namespace mll {

namespace detail {

[[nodiscard]] constexpr bool is_ascii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Converts ASCII letters to lower case.
constexpr void lower_ascii(std::string& text) noexcept {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
}

}  // namespace detail

/// A text without the differences of capitals and typing: query, index, counts, captions and word vectors are
/// compared in this form.
///
/// With ICU the form is Unicode's NFKC_Casefold ("STRASSE" and "Straße" become "strasse", composed and
/// decomposed accents the same); without, ASCII letters become small and other letters stay. Apostrophes,
/// hyphens and blanks become those of ASCII in either case, and invisible characters vanish. Dotted and
/// dotless i are one letter, because capitals do not tell whether a word is Turkish: "KIRMIZI", "Kirmizi" and
/// the word with dotless letters are the same.
///
/// @param[in] text UTF-8; other bytes stay
/// Complexity: linear.
MLL_DECLARE [[nodiscard]] std::string fold_case(std::string_view text);

/// Whether a text has a capital letter (without ICU: one of ASCII).
MLL_DECLARE [[nodiscard]] bool has_capital(std::string_view text);

}  // namespace mll

#if !MLL_COMPILED
#include "mll/core/text/detail/fold_case.ipp"
#endif
