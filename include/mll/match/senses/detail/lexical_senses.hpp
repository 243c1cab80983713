// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/graph/lexicon.hpp"
#include "mll/match/names/detail/spelling.hpp"
#include "mll/match/task/task_match.hpp"

namespace mll::detail {

/// Whether a normalised phrase is a numbered placeholder: letters, then a number ("class 3", "label12",
/// "object class 07"). Its words mean nothing.
MLL_LOCAL bool is_placeholder(std::string_view phrase) {
  const auto number = phrase.find_last_not_of("0123456789") + 1;
  if (number == phrase.size() || number == 0) return false;
  const auto end = phrase[number - 1] == ' ' ? number - 1 : number;
  const std::string_view words = phrase.substr(0, end);
  if (words.find_first_not_of("abcdefghijklmnopqrstuvwxyz ") != std::string_view::npos) return false;
  const auto space = words.find_last_of(' ');
  if (space == std::string_view::npos) return true;
  const std::string_view last = words.substr(space + 1);
  for (const std::string_view counted :
       {"class", "label", "category", "id", "head", "output", "unit", "index"}) {
    if (last == counted) return true;
  }
  return false;
}

/// The parts of a name as people type it.
struct typed_name {
  std::string name;                       ///< the first name, without brackets
  std::vector<std::string> alternatives;  ///< further names after a comma or a slash ("tabby, tabby cat")
  std::string qualifier;                  ///< the text in brackets ("crane (bird)")
};

/// Splits a name into its parts. A typographic apostrophe becomes a plain one, `SportsCar` becomes `Sports
/// Car`.
MLL_LOCAL typed_name read_name(std::string_view name) {
  typed_name out;
  std::string text;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (name.substr(i).starts_with("\xE2\x80\x99")) {
      text += '\'';
      i += 2;
    } else if (c == '(' || c == '[') {
      ++depth;
    } else if ((c == ')' || c == ']') && depth > 0) {
      --depth;
      out.qualifier += ' ';
    } else if (depth > 0) {
      out.qualifier += c;
    } else {
      text += c == '/' || c == ';' ? ',' : c;
    }
  }
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string part = text.substr(at, end - at);
    if (part.find_first_not_of(" _-\t\n\r") != std::string::npos) {
      if (out.name.empty()) {
        out.name = part;
      } else {
        out.alternatives.push_back(part);
      }
    }
    at = end + 1;
  }
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (out.name.find_first_of(" _-") == std::string::npos) {
    for (std::size_t i = 1; i + 1 < out.name.size(); ++i) {
      if (lower(out.name[i - 1]) && upper(out.name[i]) && lower(out.name[i + 1])) out.name.insert(i++, " ");
    }
  }
  return out;
}

/// The nodes that a normalised name may mean by its words alone: those of the name itself, else of its base
/// forms, else of other spellings, else of its head noun. The head of an English phrase is last ("racing
/// bicycle"), or first before a preposition ("bird of prey"). An unknown name of three words is tried without
/// its last, as it may be Latin ("canis lupus familiaris").
MLL_LOCAL std::vector<sense_candidate> lexical_senses(const lexicon& words, const std::string& phrase) {
  std::vector<sense_candidate> out;
  const auto take = [&](std::string_view form, match_kind kind) {
    for (const word_sense& sense : words.senses_of_normal(form)) {
      const bool known =
          std::any_of(out.begin(), out.end(), [&](const auto& c) { return c.node == sense.node; });
      if (known) continue;
      out.push_back({.node = sense.node,
                     .kind = kind,
                     .rank = sense.rank,
                     .position = sense.position,
                     .frequency = sense.frequency});
    }
  };
  const auto take_word_or_base_forms = [&](const std::string& form, match_kind exact, match_kind inflected) {
    take(form, exact);
    if (!out.empty() || form.size() > max_spelled_bytes) return;
    for (const auto& base : words.base_forms_of_normal(form)) take(base, inflected);
  };

  // Drops leading words until the rest is known; the word before `end` stays.
  const auto take_endings = [&](std::string rest, std::size_t end) {
    if (rest.size() > max_spelled_bytes) {  // one step to a part that is short enough to try each ending
      const auto cut = rest.find(' ', rest.size() - max_spelled_bytes);
      if (cut == std::string::npos || cut + 1 >= end) return;
      rest.erase(0, cut);
      end -= cut;
    }
    while (out.empty()) {
      const auto space = rest.find(' ');
      if (space == std::string::npos || space + 1 >= end) return;
      rest.erase(0, space + 1);
      end -= space + 1;
      take_word_or_base_forms(rest, match_kind::head_noun, match_kind::head_noun);
    }
  };

  take_word_or_base_forms(phrase, match_kind::lemma, match_kind::inflection);
  if (!out.empty() || is_placeholder(phrase)) return out;
  for_each_spelling(phrase, [&](const std::string& form) {
    if (out.empty())
      take_word_or_base_forms(lexicon::normalize(form), match_kind::spelling, match_kind::spelling);
  });
  std::size_t head_end = phrase.size();
  for (const std::string_view preposition : {" of ", " with ", " in ", " for ", " on "}) {
    head_end = std::min(head_end, phrase.find(preposition));
  }
  take_endings(phrase, head_end);
  if (out.empty() && head_end < phrase.size()) {
    const std::string head = phrase.substr(0, head_end);
    take_word_or_base_forms(head, match_kind::head_noun, match_kind::head_noun);
    if (out.empty()) take_endings(head, head.size());
  }
  if (out.empty() && std::count(phrase.begin(), phrase.end(), ' ') == 2) {
    take(phrase.substr(0, phrase.rfind(' ')), match_kind::head_noun);
  }
  return out;
}

}  // namespace mll::detail
