// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/text/utf8.hpp"

namespace mll::detail {

/// Calls `visit(word)` for each word of a text: a run of ASCII letters, digits and characters outside ASCII.
template <class Visit>
void for_each_written_word(std::string_view text, Visit&& visit) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ' ';
    if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
        static_cast<unsigned char>(c) >= 0x80) {
      continue;
    }
    if (i > begin) visit(text.substr(begin, i - begin));
    begin = i + 1;
  }
}

/// Converts ASCII letters to lower case.
inline void lower_in_place(std::string& text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
}

/// Calls `visit(word)` for each word in lower case (ASCII). The view is valid during the call.
template <class Visit>
void for_each_word(std::string_view text, Visit&& visit) {
  std::string word;
  for_each_written_word(text, [&](std::string_view written) {
    word = written;
    lower_in_place(word);
    visit(std::string_view{word});
  });
}

/// The words of a text in lower case, in order.
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
