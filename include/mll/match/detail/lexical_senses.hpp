// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mll/graph/lexicon.hpp"
#include "mll/match/task_match.hpp"

namespace mll::detail {

/// Whether a phrase only counts: letters, then a number ("class 3", "label12"). Its words name nothing.
inline bool is_placeholder(std::string_view phrase) {
  const auto letters = phrase.find_first_not_of("abcdefghijklmnopqrstuvwxyz");
  if (letters == 0) return false;
  if (letters == std::string_view::npos) return false;
  const auto digits = letters + (phrase[letters] == ' ' ? 1 : 0);
  return digits < phrase.size() && phrase.find_first_not_of("0123456789", digits) == std::string_view::npos;
}

/// The nodes that a class name may mean by its words alone: the name as it stands, else its base forms, else
/// its head noun. English puts the head last ("racing bicycle"), or first before a preposition ("bird of
/// prey").
inline std::vector<sense_candidate> lexical_senses(const lexicon& words, std::string_view name) {
  std::vector<sense_candidate> out;
  const auto take = [&](std::string_view form, match_kind kind) {
    for (const word_sense& sense : words.senses(form)) {
      const bool known =
          std::any_of(out.begin(), out.end(), [&](const auto& c) { return c.node == sense.node; });
      if (!known) out.push_back({.node = sense.node, .kind = kind, .rank = sense.rank});
    }
  };
  const auto take_word_or_base_forms = [&](std::string_view form, match_kind as_it_stands,
                                           match_kind inflected) {
    take(form, as_it_stands);
    if (!out.empty()) return;
    for (const auto& base : words.base_forms(form)) take(base, inflected);
  };

  // Drops leading words until the rest is known; the rest keeps what stands before `end`.
  const auto take_endings = [&](std::string phrase, std::size_t end) {
    while (out.empty()) {
      const auto space = phrase.find(' ');
      if (space == std::string::npos || space + 1 >= end) return;
      phrase.erase(0, space + 1);
      end -= space + 1;
      take_word_or_base_forms(phrase, match_kind::head_noun, match_kind::head_noun);
    }
  };

  const std::string phrase = lexicon::normalize(name);
  take_word_or_base_forms(phrase, match_kind::lemma, match_kind::inflection);
  if (out.empty() && is_placeholder(phrase)) return out;
  std::size_t head_end = phrase.size();
  for (const std::string_view preposition : {" of ", " with ", " in ", " for ", " on "}) {
    head_end = std::min(head_end, phrase.find(preposition));
  }
  if (out.empty()) take_endings(phrase, head_end);
  if (out.empty() && head_end < phrase.size()) {
    const std::string head = phrase.substr(0, head_end);
    take_word_or_base_forms(head, match_kind::head_noun, match_kind::head_noun);
    if (out.empty()) take_endings(head, head.size());
  }
  return out;
}

}  // namespace mll::detail
