// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/text/string_index.hpp"
#include "mll/graph/lexicon.hpp"
#include "mll/graph/make_semantic_dag.hpp"
#include "mll/graph/synset.hpp"

namespace mll::detail {

MLL_DEFINE void rank_senses(std::span<synset> nodes) {
  string_index words;
  std::vector<std::uint16_t> ranks;
  for (synset& node : nodes) {
    for (lemma& word : node.lemmas) {
      const auto [number, added] = words.insert(lexicon::normalize(word.text));
      if (added) ranks.push_back(0);
      if (ranks[number] < std::numeric_limits<std::uint16_t>::max()) ++ranks[number];
      word.sense = ranks[number];
    }
  }
}

MLL_DEFINE std::vector<synset> nodes_by_name(const std::vector<named_edge>& edges, const words_by_name& words,
                                             std::vector<std::pair<node_id, node_id>>& pairs) {
  string_index ids;
  std::vector<synset> nodes;
  const auto node = [&](const std::string& name) {
    const auto [number, added] = ids.insert(name);
    if (added) {
      if (lexicon::normalize(name).empty())
        throw invalid_argument{"edges", "a name for every node", "'" + name + "'"};
      nodes.push_back({.id = name, .lemmas = {{.text = name}}});
    }
    return node_id{number};
  };
  pairs.reserve(edges.size());
  for (const auto& [child, parent] : edges) {
    const node_id below = node(child);
    pairs.emplace_back(below, node(parent));
  }
  for (const auto& [name, list] : words) {
    const auto number = ids.find(name);
    if (!number) throw invalid_argument{"words", "names that an edge has", "'" + name + "'"};
    if (list.empty()) throw invalid_argument{"words", "at least one word for '" + name + "'", "none"};
    auto& lemmas = nodes[*number].lemmas;
    lemmas.clear();
    for (const std::string& word : list) {
      if (lexicon::normalize(word).empty())
        throw invalid_argument{"words", "words for '" + name + "'", "'" + word + "'"};
      lemmas.push_back({.text = word});
    }
  }
  rank_senses(nodes);
  return nodes;
}

MLL_DEFINE std::vector<synset> nodes_of_words(std::span<const std::string> words) {
  std::vector<synset> nodes;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (lexicon::normalize(words[i]).empty()) {
      throw invalid_argument{"words", "a word per vertex",
                             "'" + words[i] + "' for vertex " + std::to_string(i)};
    }
    nodes.push_back({.id = words[i], .lemmas = {{.text = words[i]}}});
  }
  rank_senses(nodes);
  return nodes;
}

}  // namespace mll::detail
