// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/random.hpp"
#include "mll/embed/detail/embed_each.hpp"
#include "mll/embed/detail/tokenize.hpp"
#include "mll/embed/text_embedder.hpp"

namespace mll {

/// Options of `hashed_ngrams`.
struct hashed_ngrams_options {
  std::size_t dimension = 1024;        ///< number of columns, at least 1; with more columns, fewer collisions
  std::size_t max_word_gram = 2;       ///< word n-grams of 1 to this many words; 0 = none
  std::size_t min_character_gram = 3;  ///< within a word, whose boundaries count as characters; at least 1
  std::size_t max_character_gram = 0;  ///< 0 = none; 5 makes inflected and misspelled words similar
  std::uint64_t seed = 0;              ///< of the hash
};

/// Counts of n-grams, hashed into columns with a sign (Weinberger and others 2009). Needs neither data nor
/// fitting; sees spelling only, not meaning.
///
/// @code
/// const mll::hashed_ngrams embedder{{.max_character_gram = 5}};  // inflected words become similar
/// const std::vector<std::string_view> names{"crane", "cranes"};
/// const mll::matrix<float> rows = embedder.embed(names);  // [2, 1024]
/// @endcode
///
/// Determinism: a text has the same row on every platform.
class hashed_ngrams {
 public:
  /// Throws: `invalid_argument` for a dimension of 0, and for options without n-grams.
  explicit hashed_ngrams(const hashed_ngrams_options& options = {}) : options_{options} {
    if (options.dimension == 0) throw invalid_argument{"dimension", "at least 1", "0"};
    if (options.min_character_gram == 0) throw invalid_argument{"min_character_gram", "at least 1", "0"};
    if (options.max_word_gram == 0 && options.max_character_gram < options.min_character_gram) {
      throw invalid_argument{"max_word_gram", "word or character n-grams", "neither"};
    }
  }

  [[nodiscard]] std::size_t dimension() const noexcept { return options_.dimension; }

  /// @param[in] texts UTF-8
  /// @return `[texts.size(), dimension()]`, rows of unit length; zero for a text without words
  ///
  /// Throws: `invalid_argument` for a text that is not UTF-8.
  /// Complexity: linear in the length of the texts and the size of the result.
  [[nodiscard]] matrix<float> embed(std::span<const std::string_view> texts) const {
    return detail::embed_each(texts, dimension(),
                              [&](std::string_view text, std::span<double> row) { count(text, row); });
  }

 private:
  void count(std::string_view text, std::span<double> row) const {
    const std::vector<std::string> words = detail::tokenize(text);
    std::string gram;
    for (std::size_t i = 0; i < words.size(); ++i) {
      gram.clear();
      for (std::size_t length = 1; length <= options_.max_word_gram && i + length <= words.size(); ++length) {
        if (length > 1) gram += ' ';
        gram += words[i + length - 1];
        add(gram, row);
      }
    }
    if (options_.max_character_gram == 0) return;
    for (const std::string& word : words) {
      detail::for_each_character_gram('<' + word + '>', options_.min_character_gram,
                                      options_.max_character_gram,
                                      [&](std::string_view part) { add(part, row); });
    }
  }

  // With the sign, n-grams that share a column cancel on average instead of making their texts similar.
  void add(std::string_view gram, std::span<double> row) const {
    const std::uint64_t hash = stable_hash(gram, options_.seed);
    row[(hash >> 1U) % row.size()] += (hash & 1U) != 0 ? 1.0 : -1.0;
  }

  hashed_ngrams_options options_;
};

static_assert(text_embedder<hashed_ngrams>);

}  // namespace mll
