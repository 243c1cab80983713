// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
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

#include "mll/core/ids.hpp"
#include "mll/graph/ancestor_table.hpp"
#include "mll/graph/semantic_dag.hpp"
#include "mll/match/names/detail/stem.hpp"

namespace mll::detail {

/// The words that speak of a node, with how surely they do: 1 for its own words and gloss and the words of
/// the nodes up to four edges above it, 1/2 for words further up, those of its children and the glosses of
/// its parents, 0.3 for the glosses of its children (the first 40).
using speaking_words = std::unordered_map<std::string, double>;

template <semantic_graph Graph>
speaking_words words_about(const semantic_dag<Graph>& graph, const ancestor_table& ancestors, node_id v) {
  speaking_words out;
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

/// How much of a caption speaks of each candidate of each class:
///
///     sum over the words w of the caption, without those of the name, of  weight(w, candidate) idf(w)
///     idf(w) = log((1 + n) / (1 + n(w))) / log(1 + n)
///
/// with n candidates of all classes, n(w) of which w speaks. Words that tell nothing apart weigh little.
///
/// @param[in] names      `[classes]`
/// @param[in] captions   `[classes]`; empty: the class has no overlaps
/// @param[in] candidates the nodes that each class may mean
/// @return for each class a number from 0 for each candidate
/// Complexity: linear in the words about all candidates, if there is a caption.
template <semantic_graph Graph>
std::vector<std::vector<double>> caption_overlap(const semantic_dag<Graph>& graph,
                                                 const ancestor_table& ancestors,
                                                 std::span<const std::string> names,
                                                 std::span<const std::string> captions,
                                                 const std::vector<std::vector<node_id>>& candidates) {
  std::vector<std::vector<double>> out(candidates.size());
  for (std::size_t y = 0; y < candidates.size(); ++y) out[y].assign(candidates[y].size(), 0);
  if (std::all_of(captions.begin(), captions.end(), [](const std::string& text) { return text.empty(); }))
    return out;

  std::vector<std::vector<speaking_words>> words(candidates.size());
  std::unordered_map<std::string_view, std::size_t> spoken;
  std::size_t n = 0;
  for (std::size_t y = 0; y < candidates.size(); ++y) {
    for (const node_id v : candidates[y]) words[y].push_back(words_about(graph, ancestors, v));
    n += words[y].size();
  }
  for (const auto& of_class : words) {
    for (const auto& about : of_class) {
      for (const auto& [word, weight] : about) ++spoken[word];
    }
  }
  const auto count = static_cast<double>(n);
  for (std::size_t y = 0; y < candidates.size(); ++y) {
    std::unordered_set<std::string> seen;
    for_each_stem(names[y], [&](std::string word) { seen.insert(std::move(word)); });
    for_each_stem(captions[y], [&](const std::string& word) {
      const auto known = spoken.find(word);
      if (!seen.insert(word).second || known == spoken.end()) return;
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
