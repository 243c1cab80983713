// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/graph/lexicon.hpp"

namespace mll::detail {

/// Phrases of more bytes are looked up as they are: each further spelling of a phrase is as long as the
/// phrase, and their number grows with it.
inline constexpr std::size_t max_spelled_bytes = 200;

/// Calls `visit(form)` for other spellings of a normalised phrase: one space less or more, without spaces,
/// without apostrophes, with one before or after a final s, and American for British spelling and back. Most
/// forms are not words, and not all are in normal form. None for phrases of more than `max_spelled_bytes`.
template <class Visit>
void for_each_spelling(const std::string& phrase, Visit&& visit) {
  if (phrase.size() > max_spelled_bytes) return;
  for (std::size_t at = phrase.find(' '); at != std::string::npos; at = phrase.find(' ', at + 1)) {
    visit(phrase.substr(0, at) + phrase.substr(at + 1));
  }
  std::string joined = phrase;
  std::erase(joined, ' ');
  visit(joined);
  for (std::size_t at = 2; at + 2 <= phrase.size(); ++at) {
    if (phrase[at] != ' ' && phrase[at - 1] != ' ') visit(phrase.substr(0, at) + ' ' + phrase.substr(at));
  }
  std::string plain = phrase;
  std::erase(plain, '\'');
  visit(plain);
  for (std::size_t at = 2; at < phrase.size(); ++at) {
    if (phrase[at] != 's' || (at + 1 < phrase.size() && phrase[at + 1] != ' ')) continue;
    visit(phrase.substr(0, at) + '\'' + phrase.substr(at));
    visit(phrase.substr(0, at + 1) + '\'' + phrase.substr(at + 1));
  }
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 21> across{
      {{"our", "or"},
       {"re", "er"},
       {"ae", "e"},
       {"oe", "e"},
       {"ise", "ize"},
       {"yse", "yze"},
       {"ogue", "og"},
       {"ence", "ense"},
       {"grey", "gray"},
       {"tyre", "tire"},
       {"plough", "plow"},
       {"ll", "l"},
       {"mould", "mold"},
       {"pyjama", "pajama"},
       {"ph", "f"},
       {"aluminium", "aluminum"},
       {"moustache", "mustache"},
       {"que", "ck"},
       {"programme", "program"},
       {"draught", "draft"},
       {"aero", "air"}}};
  for (const auto& [british, american] : across) {
    for (const auto& [from, to] : {std::pair{british, american}, std::pair{american, british}}) {
      for (std::size_t at = phrase.find(from); at != std::string::npos; at = phrase.find(from, at + 1)) {
        visit(phrase.substr(0, at).append(to).append(phrase, at + from.size()));
      }
    }
  }
}

/// The words of a lexicon one letter away from a normalised phrase (deleted, inserted, replaced, or two
/// neighbours swapped), most frequent first, then in alphabetical order; at most `count`. None for phrases of
/// fewer than four letters, which are one letter away from too many words, and of more than
/// `max_spelled_bytes`. Complexity: O(54 letters) look-ups.
MLL_LOCAL std::vector<std::string> suggest_words(const lexicon& words, const std::string& phrase,
                                                 std::size_t count = 3) {
  if (phrase.size() < 4 || phrase.size() > max_spelled_bytes) return {};
  static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz ";
  std::vector<std::pair<std::uint64_t, std::string>> found;
  const auto consider = [&](const std::string& form) {
    const auto senses = words.senses_of_normal(form);  // another form is not in the lexicon
    if (senses.empty()) return;
    if (std::any_of(found.begin(), found.end(), [&](const auto& f) { return f.second == form; })) return;
    std::uint64_t frequency = 0;
    for (const word_sense& sense : senses) frequency += sense.frequency;
    found.emplace_back(frequency, form);
  };
  for (std::size_t at = 0; at <= phrase.size(); ++at) {
    const std::string before = phrase.substr(0, at);
    for (const char c : letters) {
      consider(before + c + phrase.substr(at));
      if (at < phrase.size() && c != phrase[at]) consider(before + c + phrase.substr(at + 1));
    }
    if (at < phrase.size()) consider(before + phrase.substr(at + 1));
    if (at + 1 < phrase.size() && phrase[at] != phrase[at + 1]) {
      consider(before + phrase[at + 1] + phrase[at] + phrase.substr(at + 2));
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  std::vector<std::string> out;
  for (auto& [frequency, form] : found) {
    if (out.size() < count) out.push_back(std::move(form));
  }
  return out;
}

}  // namespace mll::detail
