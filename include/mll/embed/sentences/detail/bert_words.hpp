// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf16.h>
#include <unicode/utypes.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "mll/core/error.hpp"

namespace mll::detail {

/// Character classes of BERT's tokenizer, which follow the categories of Unicode 8: characters added later
/// are letters.
struct bert_character {
  /// Dropped: control and format characters, private use, and the replacement character.
  [[nodiscard]] static bool is_dropped(UChar32 c) {
    if (c == '\t' || c == '\n' || c == '\r') return false;
    if (c == 0 || c == 0xFFFD) return true;
    const auto category = u_charType(c);
    return category == U_CONTROL_CHAR || category == U_PRIVATE_USE_CHAR ||
           (category == U_FORMAT_CHAR && is_old(c));
  }

  [[nodiscard]] static bool is_space(UChar32 c) { return u_isUWhiteSpace(c) != 0; }

  /// A word of its own: ASCII other than letters, digits, spaces and controls, and punctuation outside ASCII.
  [[nodiscard]] static bool is_punctuation(UChar32 c) {
    if (c < 0x80) return c > ' ' && c < 0x7F && u_isalnum(c) == 0;
    if (c == 0x166D || c == 0x111C9) return true;  // category changed after Unicode 8
    return u_ispunct(c) != 0 && is_old(c);
  }

  /// Removed with the accents.
  [[nodiscard]] static bool is_accent(UChar32 c) {
    if (c == 0x1734) return true;  // the category of these five changed after Unicode 8
    if (c == 0x1885 || c == 0x1886 || c == 0xA9BD || c == 0x111C9) return false;
    return u_charType(c) == U_NON_SPACING_MARK && is_old(c);
  }

  /// A word of its own (Chinese has no spaces): the blocks of unified ideographs up to extension E.
  [[nodiscard]] static bool is_ideograph(UChar32 c) {
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) ||
           (c >= 0x2A700 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0x2F800 && c <= 0x2FA1F);
  }

 private:
  [[nodiscard]] static bool is_old(UChar32 c) {
    UVersionInfo age;
    u_charAge(c, age);
    return age[0] != 0 && age[0] <= 8;
  }
};

/// Calls `visit(character)` for each code point of a text in UTF-16.
template <class Visit>
void for_each_character(const icu::UnicodeString& text, Visit&& visit) {
  for (int i = 0; i < text.length();) {
    const UChar32 c = text.char32At(i);
    visit(c);
    i += U16_LENGTH(c);
  }
}

/// A text decomposed, without accents.
[[nodiscard]] inline icu::UnicodeString without_accents(const icu::UnicodeString& text) {
  UErrorCode failure = U_ZERO_ERROR;
  const icu::Normalizer2* decompose = icu::Normalizer2::getNFDInstance(failure);
  const icu::UnicodeString apart = U_FAILURE(failure) != 0 ? text : decompose->normalize(text, failure);
  if (U_FAILURE(failure) != 0) throw error{std::string{"Unicode normalisation: "} + u_errorName(failure)};
  icu::UnicodeString out;
  for_each_character(apart, [&](UChar32 c) {
    if (!bert_character::is_accent(c)) out.append(c);
  });
  return out;
}

/// Calls `visit(word, characters)` for each word of a text as BERT's basic tokenizer splits it: cleaned, with
/// ideographs and punctuation as words of their own, optionally in lower case and without accents. `word` is
/// UTF-8 and valid during the call.
template <class Visit>
void for_each_bert_word(std::string_view text, bool lower_case, bool strip_accents, bool split_ideographs,
                        Visit&& visit) {
  icu::UnicodeString clean;
  for_each_character(icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())}),
                     [&](UChar32 c) {
                       if (bert_character::is_dropped(c)) return;
                       if (bert_character::is_space(c)) {
                         clean.append(u' ');
                       } else if (split_ideographs && bert_character::is_ideograph(c)) {
                         clean.append(u' ').append(c).append(u' ');
                       } else {
                         clean.append(c);
                       }
                     });
  if (strip_accents) clean = without_accents(clean);

  std::string word;
  std::size_t characters = 0;
  icu::UnicodeString piece;
  const auto put = [&](UChar32 c) {
    piece.setTo(c).toUTF8String(word);
    ++characters;
  };
  const auto end_word = [&] {
    if (characters > 0) visit(std::string_view{word}, characters);
    word.clear();
    characters = 0;
  };
  for_each_character(clean, [&](UChar32 c) {
    // Character by character: a final sigma has no lower case of its own here.
    const bool dotted = lower_case && c == 0x130;
    const UChar32 lower = dotted ? UChar32{'i'} : lower_case ? u_tolower(c) : c;
    if (bert_character::is_space(lower)) return end_word();
    if (bert_character::is_punctuation(lower)) {
      end_word();
      put(lower);
      return end_word();
    }
    put(lower);
    if (dotted) put(0x307);
  });
  end_word();
}

}  // namespace mll::detail
