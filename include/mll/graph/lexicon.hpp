// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/ids.hpp"
#include "mll/core/text/fold_case.hpp"
#include "mll/core/text/string_index.hpp"

namespace mll {

/// One meaning of a word.
struct word_sense {
  node_id node;
  std::uint16_t rank = 1;       ///< 1 = most common meaning of the word
  std::uint32_t frequency = 0;  ///< count in a tagged corpus; 0 = unknown
  std::uint16_t position = 1;   ///< position among the words of the node, 1 = best known

  friend bool operator==(const word_sense&, const word_sense&) = default;
};

/// Irregular inflected forms and their base forms, e.g. `"geese" -> {"goose"}`.
using irregular_forms = std::unordered_map<std::string, std::vector<std::string>>;

/// The words of a semantic graph, each with the nodes it may mean.
///
/// Immutable: concurrent reads are safe.
class lexicon {
 public:
  lexicon() = default;

  /// @param[in] entries   (word, sense) pairs in any order; words are normalised here. A node repeated under
  ///                      one word ("co-op", "co op") counts once, with its best rank
  /// @param[in] irregular inflected form -> base forms, for `base_forms`; normalised here
  /// Complexity: O(n log s) for n entries and at most s senses per word.
  template <std::convertible_to<std::string_view> Word>
  lexicon(const std::vector<std::pair<Word, word_sense>>& entries, const irregular_forms& irregular) {
    if constexpr (std::same_as<Word, std::string_view>) {
      build(entries, irregular);
    } else {
      build({entries.begin(), entries.end()}, irregular);
    }
  }

  /// The normal form of a word: `fold_case`, then `_` and `-` as spaces, runs of spaces as one, no spaces at
  /// the ends.
  MLL_DECLARE [[nodiscard]] static std::string normalize(std::string_view text);

  /// The meanings of a word or phrase, most common first (by rank, then frequency, then node id); empty if it
  /// is unknown. No morphology.
  [[nodiscard]] std::span<const word_sense> senses(std::string_view word) const {
    return senses_of_normal(normalize(word));
  }
  /// The same for a word in normal form, which is not normalised again.
  MLL_DECLARE [[nodiscard]] std::span<const word_sense> senses_of_normal(std::string_view word) const;

  /// Known base forms of a word or phrase: the word itself, then its irregular forms, then those by the
  /// regular rules of the English plural (for a phrase: applied to its last word, then to each word). Known
  /// words only, normalised, without repetition.
  [[nodiscard]] std::vector<std::string> base_forms(std::string_view word) const {
    return base_forms_of_normal(normalize(word));
  }
  /// The same for a word in normal form, which is not normalised again.
  MLL_DECLARE [[nodiscard]] std::vector<std::string> base_forms_of_normal(const std::string& form) const;

  /// Number of different words.
  [[nodiscard]] std::size_t size() const noexcept { return words_.size(); }

 private:
  MLL_DECLARE void build(const std::vector<std::pair<std::string_view, word_sense>>& entries,
                         const irregular_forms& irregular);
  MLL_DECLARE static void normalize_into(std::string_view text, std::string& out);
  MLL_DECLARE static void normalize_folded(std::string_view text, std::string& out);

  detail::string_index words_;
  std::vector<std::size_t> first_;  // position of the first sense, per word, and the end
  std::vector<word_sense> senses_;  // word by word
  irregular_forms irregular_;
};

}  // namespace mll

#if !MLL_COMPILED
#include "mll/graph/detail/lexicon.ipp"
#endif
