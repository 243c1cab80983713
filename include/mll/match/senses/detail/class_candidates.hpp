// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/ancestor_table.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/match/names/detail/spelling.hpp"
#include "mll/match/senses/detail/lexical_senses.hpp"
#include "mll/match/task/task_match.hpp"

namespace mll::detail {

/// The reading of a name by its words.
struct name_reading {
  std::vector<sense_candidate> candidates;
  std::vector<std::string> suggestions;  ///< for a name that is not a word of the graph
  std::string name;                      ///< without brackets and alternatives
  std::string qualifier;                 ///< the text in brackets
};

/// The number of WordNet's lexicographer file of body parts.
inline constexpr std::uint8_t body_domain = 8;

MLL_LOCAL bool lies_below(const ancestor_table& ancestors, node_id v, node_id above) {
  const auto list = ancestors[v];
  return v != above &&
         std::any_of(list.begin(), list.end(), [&](const relative& r) { return r.node == above; });
}

/// Considers the words before a head noun. In "maple tree" they name a narrower node, which is meant. In
/// "crocodile head" they name the whole of a part; samples decide which of the two is meant.
MLL_LOCAL void read_modifiers(const semantic_nodes& graph, const ancestor_table& ancestors,
                              const std::string& phrase, std::vector<sense_candidate>& candidates) {
  const bool part = std::any_of(candidates.begin(), candidates.end(), [&](const sense_candidate& head) {
    return graph[head.node].domain == body_domain;
  });
  for (std::size_t end = phrase.rfind(' '); end != std::string::npos && end > 0;
       end = phrase.rfind(' ', end - 1)) {
    const auto modifiers = lexical_senses(graph.words(), phrase.substr(0, end));
    std::vector<sense_candidate> narrower;
    for (sense_candidate modifier : modifiers) {
      modifier.kind = match_kind::apposition;
      if (std::any_of(candidates.begin(), candidates.end(), [&](const sense_candidate& head) {
            return lies_below(ancestors, modifier.node, head.node);
          }))
        narrower.push_back(modifier);
    }
    if (!narrower.empty()) {
      candidates = std::move(narrower);
      return;
    }
    if (!part) continue;
    const std::size_t heads = candidates.size();
    for (sense_candidate modifier : modifiers) {
      const bool known = std::any_of(candidates.begin(), candidates.end(),
                                     [&](const auto& c) { return c.node == modifier.node; });
      if (known || modifier.kind == match_kind::head_noun) continue;
      modifier.kind = match_kind::whole;
      candidates.push_back(modifier);
    }
    if (candidates.size() > heads) return;
  }
}

/// The WordNet id that a name begins with, as folders of image collections do ("n02085620-Chihuahua"); empty
/// if there is none.
inline std::string_view leading_synset_id(std::string_view name) {
  constexpr std::size_t length = 9;
  if (name.size() <= length || std::string_view{"nvar"}.find(name.front()) == std::string_view::npos)
    return {};
  if (name.substr(1, length - 1).find_first_not_of("0123456789") != std::string_view::npos) return {};
  const bool ends = std::string_view{" _-,:"}.find(name[length]) != std::string_view::npos;
  return ends ? name.substr(0, length) : std::string_view{};
}

/// Reads the name of a class or a head: the id of a node, or a WordNet id before more words, else the senses
/// of its words; of alternatives ("crane, wading bird") the senses that all of them share, if any.
///
/// @param[in] name   the name
/// @param[in] normal its normal form
/// Complexity: some hundred look-ups for a name that is not a word of the graph.
MLL_LOCAL name_reading read_class_name(const semantic_nodes& graph, const ancestor_table& ancestors,
                                       std::string_view name, const std::string& normal) {
  name_reading out;
  out.name = name;
  if (const auto node = graph.find(name)) {
    out.candidates.push_back({.node = *node});
    return out;
  }
  if (const std::string_view id = leading_synset_id(name); !id.empty()) {
    if (const auto node = graph.find(id)) {
      out.candidates.push_back({.node = *node});
      return out;
    }
  }
  // First as a whole: a word of the graph may contain commas or brackets.
  out.candidates = lexical_senses(graph.words(), normal);
  const auto is_word = [&] {
    return !out.candidates.empty() && out.candidates.front().kind <= match_kind::spelling;
  };
  if (is_word()) return out;
  const typed_name typed = read_name(name);
  out.name = typed.name;
  out.qualifier = typed.qualifier;
  const std::string phrase = lexicon::normalize(typed.name);
  if (phrase != normal) out.candidates = lexical_senses(graph.words(), phrase);
  for (const std::string& other : typed.alternatives) {
    const auto senses = lexical_senses(graph.words(), lexicon::normalize(other));
    if (!is_word()) {
      if (!senses.empty()) out.candidates = senses;
      continue;
    }
    std::vector<sense_candidate> shared;
    for (const sense_candidate& candidate : out.candidates) {
      if (std::any_of(senses.begin(), senses.end(), [&](const auto& s) { return s.node == candidate.node; }))
        shared.push_back(candidate);
    }
    if (!shared.empty()) out.candidates = std::move(shared);
  }
  if (is_word()) return out;
  if (!is_placeholder(phrase)) out.suggestions = suggest_words(graph.words(), phrase);
  if (!out.candidates.empty()) read_modifiers(graph, ancestors, phrase, out.candidates);
  return out;
}

MLL_LOCAL name_reading read_class_name(const semantic_nodes& graph, const ancestor_table& ancestors,
                                       std::string_view name) {
  return read_class_name(graph, ancestors, name, lexicon::normalize(name));
}

}  // namespace mll::detail
