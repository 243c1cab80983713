// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/detail/code_point.hpp"
#include "mll/core/error.hpp"
#include "mll/core/text/fold_case.hpp"
#include "mll/core/text/utf8.hpp"

namespace mll::detail {

/// Whether a character outside ASCII separates words: blanks, marks that show nothing, and punctuation.
[[nodiscard]] constexpr bool separates_words(char32_t c) noexcept {
  if (is_invisible(c)) return true;
  const auto within = [c](char32_t first, char32_t last) { return first <= c && c <= last; };
  return c == 0xA1 || c == 0xAB || c == 0xB7 || c == 0xBB || c == 0xBF || within(0x2010, 0x205E) ||
         within(0x3001, 0x3003) || within(0x3008, 0x3011) || within(0x3014, 0x301F) || c == 0x30FB ||
         within(0xFF01, 0xFF0F) || within(0xFF1A, 0xFF20) || within(0xFF3B, 0xFF40) || within(0xFF5B, 0xFF65);
}

/// Calls `visit(word)` for each word of a text: a run of ASCII letters, digits, and characters outside ASCII
/// that do not separate words. The views are into the text.
template <class Visit>
void for_each_written_word(std::string_view text, Visit&& visit) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    std::size_t bytes = 1;
    bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (static_cast<unsigned char>(c) >= 0x80) {
      const code_point decoded = first_code_point(text.substr(i));
      bytes = decoded.bytes;
      letter = !decoded.valid || !separates_words(decoded.value);
    }
    if (!letter) {
      if (i > begin) visit(text.substr(begin, i - begin));
      begin = i + bytes;
    }
    i += bytes;
  }
  if (text.size() > begin) visit(text.substr(begin));
}

/// Calls `visit(word)` for each word, folded (`fold_case`). The view is valid during the call.
template <class Visit>
void for_each_word(std::string_view text, Visit&& visit) {
  for_each_written_word(text, [&](std::string_view written) {
    const std::string word = fold_case(written);
    visit(std::string_view{word});
  });
}

/// The words of a text, folded, in order.
[[nodiscard]] inline std::vector<std::string> tokenize(std::string_view text) {
  std::vector<std::string> words;
  for_each_word(text, [&](std::string_view word) { words.emplace_back(word); });
  return words;
}

/// Calls `visit(gram)` for each run of `from` to `to` characters (code points) of a text in UTF-8.
template <class Visit>
void for_each_character_gram(std::string_view text, std::size_t from, std::size_t to, Visit&& visit) {
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) starts.push_back(i);
  }
  const std::size_t characters = starts.size();
  starts.push_back(text.size());
  // A file may request n-grams of any length; the text has none longer than itself.
  for (std::size_t length = from; length <= std::min(to, characters); ++length) {
    for (std::size_t i = 0; i + length <= characters; ++i) {
      visit(text.substr(starts[i], starts[i + length] - starts[i]));
    }
  }
}

/// Throws: `invalid_argument` if text `number` is not UTF-8.
inline void require_utf8(std::string_view text, std::size_t number) {
  if (!is_valid_utf8(text)) {
    throw invalid_argument{"texts", "UTF-8", "other bytes in text " + std::to_string(number)};
  }
}

}  // namespace mll::detail
