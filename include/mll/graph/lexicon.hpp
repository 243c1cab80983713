// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "mll/core/ids.hpp"

namespace mll {

/// One meaning of a word.
struct word_sense {
  node_id node;
  std::uint16_t rank = 1;       ///< 1 = most common meaning of the word
  std::uint32_t frequency = 0;  ///< count in a tagged corpus, 0 = unknown

  friend bool operator==(const word_sense&, const word_sense&) = default;
};

/// Irregular inflected forms and their base forms, e.g. `"geese" -> {"goose"}`.
using irregular_forms = std::unordered_map<std::string, std::vector<std::string>>;

/// The words of a semantic graph and the nodes that they name, in order of sense.
///
/// Immutable after `semantic_dag` has built it, so concurrent reads are free.
class lexicon {
 public:
  lexicon() = default;

  /// @param[in] entries   (word, sense) pairs in any order; words are normalised here
  /// @param[in] irregular irregular forms for `base_forms`, written as in the entries
  /// Complexity: O(n log s) for n entries and at most s senses of a word.
  lexicon(std::vector<std::pair<std::string, word_sense>> entries, irregular_forms irregular);

  /// A word as the index spells it: lower case (ASCII), `_` and `-` as spaces, single spaces, none at the
  /// ends. Bytes outside ASCII are kept.
  [[nodiscard]] static std::string normalize(std::string_view text);

  /// The meanings of a word or phrase, most common first; empty if it is unknown. No morphology.
  [[nodiscard]] std::span<const word_sense> senses(std::string_view word) const;

  /// Known base forms of a word or phrase: the word itself if it is known, then its irregular forms, then
  /// what the regular rules of English plural give (for a phrase: applied to its last word, then to each
  /// word). Normalised, without repetition, known words only.
  [[nodiscard]] std::vector<std::string> base_forms(std::string_view word) const;

  /// Number of different words.
  [[nodiscard]] std::size_t size() const noexcept { return senses_.size(); }

 private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  std::unordered_map<std::string, std::vector<word_sense>, text_hash, std::equal_to<>> senses_;
  irregular_forms irregular_;
};

inline lexicon::lexicon(std::vector<std::pair<std::string, word_sense>> entries, irregular_forms irregular)
    : irregular_{std::move(irregular)} {
  senses_.reserve(entries.size());
  for (auto& [word, sense] : entries) senses_[normalize(word)].push_back(sense);
  for (auto& [word, list] : senses_) {
    std::stable_sort(list.begin(), list.end(), [](const word_sense& a, const word_sense& b) {
      return std::pair{a.rank, a.node} < std::pair{b.rank, b.node};
    });
  }
}

inline std::string lexicon::normalize(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const bool separator = c == '_' || c == '-' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (separator) {
      if (!out.empty() && out.back() != ' ') out.push_back(' ');
    } else {
      out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

inline std::span<const word_sense> lexicon::senses(std::string_view word) const {
  const auto found = senses_.find(normalize(word));
  return found == senses_.end() ? std::span<const word_sense>{} : std::span<const word_sense>{found->second};
}

inline std::vector<std::string> lexicon::base_forms(std::string_view word) const {
  std::vector<std::string> out;
  const std::string form = normalize(word);
  const auto keep = [&](const std::string& candidate) {
    if (senses_.contains(candidate) && std::find(out.begin(), out.end(), candidate) == out.end()) {
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
  for (const auto& base : reduce(form)) keep(normalize(base));
  for (std::size_t at = 0; at < form.size();) {  // each word of a phrase on its own
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
