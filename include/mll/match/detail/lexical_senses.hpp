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

  std::string phrase = lexicon::normalize(name);
  take_word_or_base_forms(phrase, match_kind::lemma, match_kind::inflection);
  for (const std::string_view preposition : {" of ", " with ", " in ", " for ", " on "}) {
    if (const auto at = phrase.find(preposition); at != std::string::npos) phrase.resize(at);
  }
  while (out.empty()) {
    take_word_or_base_forms(phrase, match_kind::head_noun, match_kind::head_noun);
    const auto space = phrase.find(' ');
    if (space == std::string::npos) break;
    phrase.erase(0, space + 1);
  }
  return out;
}

}  // namespace mll::detail
