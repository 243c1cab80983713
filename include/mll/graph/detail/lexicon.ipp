// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "mll/core/text/fold_case.hpp"
#include "mll/graph/lexicon.hpp"

namespace mll {

MLL_DEFINE void lexicon::build(const std::vector<std::pair<std::string_view, word_sense>>& entries,
                               const irregular_forms& irregular) {
  words_.reserve(entries.size());
  std::vector<std::uint32_t> word_of(entries.size());
  std::string word;
  first_.reserve(entries.size() + 1);
  first_.push_back(0);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    normalize_into(entries[i].first, word);
    word_of[i] = words_.insert(word).first;
    if (word_of[i] + 2U > first_.size()) first_.push_back(0);
    ++first_[word_of[i] + 1U];
  }
  for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  senses_.resize(entries.size());
  std::vector<std::size_t> next = first_;
  for (std::size_t i = 0; i < entries.size(); ++i) senses_[next[word_of[i]]++] = entries[i].second;

  std::size_t kept = 0;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const auto begin = senses_.begin() + static_cast<std::ptrdiff_t>(first_[i]);
    const auto end = senses_.begin() + static_cast<std::ptrdiff_t>(first_[i + 1]);
    std::sort(begin, end, [](const word_sense& a, const word_sense& b) {
      return std::tuple{a.node, a.rank, b.frequency} < std::tuple{b.node, b.rank, a.frequency};
    });
    const auto same_node = [](const word_sense& a, const word_sense& b) { return a.node == b.node; };
    const auto last = std::unique(begin, end, same_node);  // keeps the best one
    std::sort(begin, last, [](const word_sense& a, const word_sense& b) {
      return std::tuple{a.rank, b.frequency, a.node} < std::tuple{b.rank, a.frequency, b.node};
    });
    first_[i] = kept;
    for (auto sense = begin; sense != last; ++sense) senses_[kept++] = *sense;
  }
  first_.back() = kept;
  senses_.resize(kept);

  for (const auto& [form, bases] : irregular) {
    auto& list = irregular_[normalize(form)];
    for (const auto& base : bases) list.push_back(normalize(base));
  }
  // Forms that normalise alike arrive in the order of a hash table; sorting makes the result independent of
  // it.
  for (auto& [form, list] : irregular_) {
    if (list.size() > 1 && irregular_.size() != irregular.size()) std::sort(list.begin(), list.end());
  }
}

MLL_DEFINE void lexicon::normalize_into(std::string_view text, std::string& out) {
  if (!detail::is_ascii(text)) {
    // Folded text may have letters outside ASCII, but no capitals left to fold.
    const std::string folded = fold_case(text);
    return normalize_folded(folded, out);
  }
  normalize_folded(text, out);
}

MLL_DEFINE void lexicon::normalize_folded(std::string_view text, std::string& out) {
  out.clear();
  for (const char c : text) {
    const bool separator = c == '_' || c == '-' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (separator) {
      if (!out.empty() && out.back() != ' ') out.push_back(' ');
    } else {
      out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
}

MLL_DEFINE std::string lexicon::normalize(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  normalize_into(text, out);
  return out;
}

MLL_DEFINE std::span<const word_sense> lexicon::senses_of_normal(std::string_view word) const {
  const auto found = words_.find(word);
  if (!found) return {};
  return std::span{senses_}.subspan(first_[*found], first_[*found + 1U] - first_[*found]);
}

MLL_DEFINE std::vector<std::string> lexicon::base_forms_of_normal(const std::string& form) const {
  std::vector<std::string> out;
  const auto keep = [&](const std::string& candidate) {
    if (words_.find(candidate) && std::find(out.begin(), out.end(), candidate) == out.end()) {
      out.push_back(candidate);
    }
  };
  // Regular endings of English nouns, as WordNet's morphology lists them.
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> endings{{{"s", ""},
                                                                                         {"ses", "s"},
                                                                                         {"xes", "x"},
                                                                                         {"zes", "z"},
                                                                                         {"ches", "ch"},
                                                                                         {"shes", "sh"},
                                                                                         {"men", "man"},
                                                                                         {"ies", "y"}}};
  const auto reduce = [&](std::string_view part) {
    std::vector<std::string> reduced;
    if (const auto found = irregular_.find(std::string{part}); found != irregular_.end())
      reduced = found->second;
    for (const auto& [ending, replacement] : endings) {
      if (part.size() > ending.size() && part.ends_with(ending)) {
        reduced.push_back(std::string{part.substr(0, part.size() - ending.size())}.append(replacement));
      }
    }
    return reduced;
  };

  keep(form);
  for (const auto& base : reduce(form)) keep(base);
  for (std::size_t at = 0; at < form.size();) {  // each word of a phrase
    const std::size_t end = std::min(form.find(' ', at), form.size());
    if (at != 0 || end != form.size()) {
      for (const auto& base : reduce(std::string_view{form}.substr(at, end - at))) {
        keep(form.substr(0, at) + base + form.substr(end));
      }
    }
    at = end + 1;
  }
  return out;
}

}  // namespace mll
