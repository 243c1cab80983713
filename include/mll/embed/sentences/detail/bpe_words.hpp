// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf16.h>
#include <unicode/utypes.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mll/core/error.hpp"

namespace mll::detail {

/// Character classes of byte-level tokenizers: letters \p{L}, numbers \p{N}, white space, and the rest.
enum class bpe_class { letter, number, space, other };

[[nodiscard]] inline bpe_class bpe_class_of(UChar32 c) {
  if (u_isUWhiteSpace(c) != 0) return bpe_class::space;
  const std::uint32_t category = U_GET_GC_MASK(c);
  if ((category & U_GC_L_MASK) != 0) return bpe_class::letter;
  return (category & U_GC_N_MASK) != 0 ? bpe_class::number : bpe_class::other;
}

/// A text in canonical composition (NFC), white space as single spaces, in lower case.
[[nodiscard]] inline icu::UnicodeString bpe_normalized(const icu::UnicodeString& text) {
  UErrorCode failure = U_ZERO_ERROR;
  const icu::Normalizer2* compose = icu::Normalizer2::getNFCInstance(failure);
  const icu::UnicodeString composed = U_FAILURE(failure) != 0 ? text : compose->normalize(text, failure);
  if (U_FAILURE(failure) != 0) throw error{std::string{"Unicode normalisation: "} + u_errorName(failure)};
  icu::UnicodeString out;
  bool was_space = false;
  for (int i = 0; i < composed.length();) {
    const UChar32 c = composed.char32At(i);
    i += U16_LENGTH(c);
    const bool is_space = u_isUWhiteSpace(c) != 0;
    if (is_space && !was_space) out.append(u' ');
    // Character by character: a final sigma has no lower case of its own here.
    if (!is_space) out.append(c == 0x130 ? UChar32{'i'} : u_tolower(c));
    if (c == 0x130) out.append(UChar32{0x307});
    was_space = is_space;
  }
  return out;
}

/// Length of an English contraction ('s 't 're 've 'm 'll 'd) at a position of a text, 0 if there is none.
[[nodiscard]] inline int contraction_at(const icu::UnicodeString& text, int at) {
  if (text.char32At(at) != '\'') return 0;
  static constexpr std::array<std::u16string_view, 7> known{u"'s", u"'t",  u"'re", u"'ve",
                                                            u"'m", u"'ll", u"'d"};
  for (const std::u16string_view each : known) {
    const auto length = static_cast<int>(each.size());
    if (text.compare(at, length, each.data(), 0, length) == 0) return length;
  }
  return 0;
}

/// The end of the characters of a class from a position on.
[[nodiscard]] inline int end_of_class(const icu::UnicodeString& text, int at, bpe_class wanted) {
  while (at < text.length()) {
    const UChar32 c = text.char32At(at);
    if (bpe_class_of(c) != wanted) break;
    at += U16_LENGTH(c);
  }
  return at;
}

/// Calls `visit(word)` with each word of a text as CLIP splits it: contractions, runs of letters, single
/// numbers, and runs of other characters; white space is dropped. `word` is UTF-8 and valid during the call.
template <class Visit>
void for_each_clip_word(const icu::UnicodeString& text, const Visit& visit) {
  std::string word;
  for (int at = 0; at < text.length();) {
    const UChar32 first = text.char32At(at);
    const bpe_class kind = bpe_class_of(first);
    int end = at + contraction_at(text, at);
    if (end == at) end = kind == bpe_class::number ? at + U16_LENGTH(first) : end_of_class(text, at, kind);
    if (kind != bpe_class::space) {
      word.clear();
      text.tempSubStringBetween(at, end).toUTF8String(word);
      visit(std::string_view{word});
    }
    at = end;
  }
}

/// Calls `visit(word)` with each word of a text as GPT-2 splits it: contractions, and runs of letters, of
/// numbers or of other characters with the space before them; of other white space all but the last character
/// before a word.
template <class Visit>
void for_each_gpt2_word(const icu::UnicodeString& text, const Visit& visit) {
  std::string word;
  for (int at = 0; at < text.length();) {
    int end = at + contraction_at(text, at);
    if (end == at) {
      const int start = text.char32At(at) == ' ' && at + 1 < text.length() ? at + 1 : at;
      const bpe_class kind = bpe_class_of(text.char32At(start));
      end = end_of_class(text, start, kind);
      if (kind == bpe_class::space) {
        end = end_of_class(text, at, kind);
        // All white space at the end; else the last character belongs to the next word, or stands alone.
        const int last = text.moveIndex32(end, -1);
        if (end < text.length() && last > at) end = last;
      }
    }
    word.clear();
    text.tempSubStringBetween(at, end).toUTF8String(word);
    visit(std::string_view{word});
    at = end;
  }
}

/// The visible characters that stand for bytes in byte-level vocabularies, as UTF-8: printable characters of
/// Latin-1 for themselves, the others from U+0100 on.
[[nodiscard]] inline const std::array<std::string, 256>& characters_of_bytes() {
  static const auto all = [] {
    std::array<std::string, 256> out;
    UChar32 next = 0x100;
    for (UChar32 byte = 0; byte < 256; ++byte) {
      const bool is_visible = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
      icu::UnicodeString{is_visible ? byte : next++}.toUTF8String(out[static_cast<std::size_t>(byte)]);
    }
    return out;
  }();
  return all;
}

}  // namespace mll::detail
