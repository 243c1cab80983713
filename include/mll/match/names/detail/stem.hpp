// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "mll/core/detail/compiled.hpp"
#include "mll/embed/detail/tokenize.hpp"

namespace mll::detail {

/// A word without its English endings, roughly: "cutting", "cuts" and "cut" have the same stem.
/// @param[in] word in lower case (ASCII)
MLL_LOCAL std::string stem(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> endings{{{"ies", "y"},
                                                                                         {"sses", "ss"},
                                                                                         {"ches", "ch"},
                                                                                         {"shes", "sh"},
                                                                                         {"xes", "x"},
                                                                                         {"ing", ""},
                                                                                         {"ed", ""},
                                                                                         {"es", "e"},
                                                                                         {"s", ""}}};
  std::string out{word};
  for (const auto& [ending, replacement] : endings) {
    const bool rest = out.size() + replacement.size() >= ending.size() + 3;
    if (!rest || !out.ends_with(ending) || out.ends_with("ss")) continue;
    out.replace(out.size() - ending.size(), ending.size(), replacement);
    break;
  }
  if (out.size() > 4 && out.back() == 'e') out.pop_back();
  if (out.size() > 3 && out.back() == out[out.size() - 2]) out.pop_back();
  return out;
}

/// Whether a word has no meaning of its own, or says only that there is a picture.
MLL_LOCAL bool is_function_word(std::string_view word) {
  static constexpr auto words = std::to_array<std::string_view>(
      {"a",    "about", "after", "all",    "also",  "an",    "and",   "any",     "are",   "as",
       "at",   "be",    "been",  "being",  "by",    "can",   "do",    "does",    "for",   "from",
       "had",  "has",   "have",  "having", "if",    "image", "in",    "into",    "is",    "it",
       "its",  "kind",  "like",  "made",   "make",  "no",    "not",   "of",      "off",   "often",
       "on",   "one",   "or",    "other",  "out",   "over",  "photo", "picture", "so",    "some",
       "such", "than",  "that",  "the",    "their", "them",  "then",  "there",   "these", "they",
       "this", "those", "to",    "type",   "up",    "use",   "used",  "usually", "very",  "was",
       "what", "when",  "where", "which",  "who",   "whose", "with",  "you",     "your"});
  return std::binary_search(words.begin(), words.end(), word);
}

/// Calls `visit(stem)` for each word of a text that is not a function word.
template <class Visit>
void for_each_stem(std::string_view text, Visit&& visit) {
  for_each_word(text, [&](std::string_view word) {
    if (!is_function_word(word)) visit(stem(word));
  });
}

}  // namespace mll::detail
