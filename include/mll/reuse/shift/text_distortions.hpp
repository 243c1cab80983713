// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/random.hpp"
#include "mll/reuse/shift/distortion.hpp"

namespace mll {

namespace detail {

[[nodiscard]] inline std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
    at = std::min(text.find_first_of(" \t\r\n", from), text.size());
    if (at > from) out.emplace_back(text.substr(from, at - from));
  }
  return out;
}

[[nodiscard]] inline std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

/// Swaps two neighbouring letters, or drops one. Only ASCII letters are touched, so that UTF-8 stays valid.
inline void misspell(std::string& word, random_engine& engine) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  std::vector<std::size_t> places;
  for (std::size_t i = 1; i + 1 < word.size(); ++i) {
    if (is_letter(word[i]) && is_letter(word[i + 1])) places.push_back(i);
  }
  if (places.empty()) return;
  const std::size_t at = places[engine() % places.size()];
  if (engine() % 2 == 0) {
    std::swap(word[at], word[at + 1]);
  } else {
    word.erase(at, 1);
  }
}

}  // namespace detail

/// Distortions of texts: a third or two thirds of the words dropped, a third of the words or all words
/// misspelt, only the first five or three words, words in another order, and lower case.
[[nodiscard]] inline std::vector<distortion<std::string>> text_distortions() {
  std::vector<distortion<std::string>> out;
  const auto by_words = [&](std::string name, auto change) {
    out.push_back({std::move(name), [change](const std::string& text, std::uint64_t seed) {
                     random_engine engine{seed};
                     std::vector<std::string> words = detail::words_of(text);
                     change(words, engine);
                     return detail::joined(words);
                   }});
  };
  const auto drop = [](std::uint64_t dropped_of_three) {
    return [dropped_of_three](std::vector<std::string>& words, random_engine& engine) {
      std::vector<std::string> kept;
      for (std::string& word : words) {
        if (engine() % 3 >= dropped_of_three) kept.push_back(std::move(word));
      }
      if (kept.empty() && !words.empty()) kept.push_back(std::move(words.front()));
      words = std::move(kept);
    };
  };
  const auto misspell = [](std::uint64_t of_three) {
    return [of_three](std::vector<std::string>& words, random_engine& engine) {
      for (std::string& word : words) {
        if (engine() % 3 < of_three) detail::misspell(word, engine);
      }
    };
  };
  const auto shorten = [](std::size_t count) {
    return [count](std::vector<std::string>& words, random_engine&) {
      words.resize(std::min(words.size(), count));
    };
  };
  by_words("a third of the words dropped", drop(1));
  by_words("two thirds of the words dropped", drop(2));
  by_words("a third of the words misspelt", misspell(1));
  by_words("all words misspelt", misspell(3));
  by_words("first five words", shorten(5));
  by_words("first three words", shorten(3));
  by_words("words in another order",
           [](std::vector<std::string>& words, random_engine& engine) { shuffle(std::span{words}, engine); });
  by_words("lower case", [](std::vector<std::string>& words, random_engine&) {
    for (std::string& word : words) {
      for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  });
  return out;
}

}  // namespace mll
