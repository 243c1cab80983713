// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Text to classify, from WordNet: the gloss of a synset is a sample of the category above it.
#pragma once

#include <mll/mll.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quickstart {

/// One category with its glosses, split by synset into three disjoint parts.
struct category {
  std::string name;
  mll::node_id node;
  std::vector<std::string> for_experts;
  std::vector<std::string> for_labels;  ///< representation samples
  std::vector<std::string> for_tests;
};

/// Word and sense of each category.
inline constexpr std::array<std::pair<std::string_view, std::size_t>, 36> category_words{{
    {"bird", 1},      {"fish", 1},     {"insect", 1},    {"mammal", 1},    {"tree", 1},
    {"herb", 1},      {"shrub", 1},    {"fungus", 1},    {"disease", 1},   {"symptom", 1},
    {"city", 1},      {"river", 1},    {"country", 2},   {"vehicle", 1},   {"garment", 1},
    {"dish", 2},      {"beverage", 1}, {"fruit", 1},     {"building", 1},  {"weapon", 1},
    {"tool", 1},      {"fabric", 1},   {"container", 1}, {"furniture", 1}, {"writer", 1},
    {"scientist", 1}, {"musician", 1}, {"athlete", 1},   {"ruler", 1},     {"musical instrument", 1},
    {"drug", 1},      {"language", 1}, {"game", 1},      {"sport", 1},     {"mineral", 1},
    {"deity", 1},
}};

/// Collects the categories, without synsets below two of them and without repeated glosses.
///
/// @param[in] samples_per_node maximum number of representation samples per category
/// @param[in] tests_per_node   maximum number of test glosses per category
inline std::vector<category> collect_categories(const mll::semantic_dag<>& graph,
                                                std::size_t samples_per_node, std::size_t tests_per_node,
                                                std::uint64_t seed) {
  std::vector<category> out;
  std::vector<int> owners(graph.size(), 0);
  std::vector<std::vector<mll::relative>> below;
  for (const auto& [word, sense] : category_words) {
    const mll::node_id node = graph.words().senses(word)[sense - 1].node;
    out.push_back({std::string{word}, node, {}, {}, {}});
    below.push_back(mll::descendants(graph, node));
    for (const auto& reached : below.back()) ++owners[reached.node.index()];
  }
  for (std::size_t c = 0; c < out.size(); ++c) {
    std::vector<std::string> glosses;
    for (const auto& reached : below[c]) {
      if (owners[reached.node.index()] == 1) glosses.push_back(graph[reached.node].gloss);
    }
    std::sort(glosses.begin(), glosses.end());
    glosses.erase(std::unique(glosses.begin(), glosses.end()), glosses.end());
    mll::random_engine engine{mll::derive_seed(seed, c)};
    mll::shuffle(std::span{glosses}, engine);
    const std::size_t labels = std::min(samples_per_node, glosses.size() / 3);
    const std::size_t tests = std::min(tests_per_node, glosses.size() / 3);
    const auto cut = [&](std::size_t from, std::size_t to) {
      return std::vector<std::string>(glosses.begin() + static_cast<std::ptrdiff_t>(from),
                                      glosses.begin() + static_cast<std::ptrdiff_t>(to));
    };
    out[c].for_labels = cut(0, labels);
    out[c].for_tests = cut(labels, labels + tests);
    out[c].for_experts = cut(labels + tests, glosses.size());
  }
  return out;
}

}  // namespace quickstart
