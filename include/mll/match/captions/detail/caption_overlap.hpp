// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/graph/ancestor_table.hpp"
#include "mll/graph/semantic_nodes.hpp"
#include "mll/match/names/detail/stem.hpp"

namespace mll::detail {

/// The words about a node, with weights: 1 for its own words and gloss and the words of ancestors up to four
/// edges away, 1/2 for words of farther ancestors, words of children and glosses of parents, 0.3 for glosses
/// of children (the first 40).
using weighted_words = std::unordered_map<std::string, double>;

MLL_LOCAL weighted_words words_about(const semantic_nodes& graph, const ancestor_table& ancestors,
                                     node_id v) {
  weighted_words out;
  const auto read = [&](std::string_view text, double weight) {
    for_each_stem(text, [&](const std::string& word) {
      double& known = out[word];
      known = std::max(known, weight);
    });
  };
  const auto read_words = [&](node_id u, double weight) {
    for (const lemma& word : graph[u].lemmas) read(word.text, weight);
  };
  read(graph[v].gloss, 1);
  for (const relative& above : ancestors[v]) read_words(above.node, above.distance <= 4 ? 1 : 0.5);
  for (const node_id parent : graph.parents(v)) read(graph[parent].gloss, 0.5);
  const auto children = graph.children(v);
  for (const node_id child : children.first(std::min<std::size_t>(40, children.size()))) {
    read_words(child, 0.5);
    read(graph[child].gloss, 0.3);
  }
  return out;
}

/// The overlap of each class's caption with the words about each of its candidates:
///
///     sum over the words w of the caption that are not in the name of  weight(w, candidate) idf(w)
///     idf(w) = log((1 + n) / (1 + n(w))) / log(1 + n)
///
/// for n candidates of all classes, n(w) of them with w about them. Words that most candidates share weigh
/// little.
///
/// @param[in] names      `[classes]`
/// @param[in] captions   `[classes]`; may be empty
/// @param[in] candidates `[classes]`, the nodes that each class may mean
/// @return `[classes][candidates]`, at least 0
/// Complexity: linear in the words about all candidates; constant without captions.
MLL_LOCAL std::vector<std::vector<double>> caption_overlap(
    const semantic_nodes& graph, const ancestor_table& ancestors, std::span<const std::string> names,
    std::span<const std::string> captions, const std::vector<std::vector<node_id>>& candidates) {
  std::vector<std::vector<double>> out(candidates.size());
  for (std::size_t y = 0; y < candidates.size(); ++y) out[y].assign(candidates[y].size(), 0);
  if (std::all_of(captions.begin(), captions.end(), [](const std::string& text) { return text.empty(); }))
    return out;

  std::vector<std::vector<weighted_words>> words(candidates.size());
  std::unordered_map<std::string_view, std::size_t> candidate_count;
  std::size_t n = 0;
  for (std::size_t y = 0; y < candidates.size(); ++y) {
    for (const node_id v : candidates[y]) words[y].push_back(words_about(graph, ancestors, v));
    n += words[y].size();
  }
  for (const auto& of_class : words) {
    for (const auto& about : of_class) {
      for (const auto& [word, weight] : about) ++candidate_count[word];
    }
  }
  const auto count = static_cast<double>(n);
  for (std::size_t y = 0; y < candidates.size(); ++y) {
    std::unordered_set<std::string> seen;
    for_each_stem(names[y], [&](std::string word) { seen.insert(std::move(word)); });
    for_each_stem(captions[y], [&](const std::string& word) {
      const auto known = candidate_count.find(word);
      if (!seen.insert(word).second || known == candidate_count.end()) return;
      const double idf =
          std::log((1 + count) / (1 + static_cast<double>(known->second))) / std::log(1 + count);
      for (std::size_t a = 0; a < words[y].size(); ++a) {
        const auto found = words[y][a].find(word);
        if (found != words[y][a].end()) out[y][a] += found->second * idf;
      }
    });
  }
  return out;
}

}  // namespace mll::detail
