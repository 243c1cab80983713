// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/core/text/fold_case.hpp"
#include "mll/core/text/string_index.hpp"
#include "mll/embed/detail/embed_each.hpp"
#include "mll/embed/detail/tokenize.hpp"
#include "mll/embed/detail/vector_rows.hpp"
#include "mll/embed/text_embedder.hpp"
#include "mll/embed/words/detail/subwords.hpp"

namespace mll {

namespace detail {

/// The content of a file of word vectors.
struct word_table {
  string_index words = {};
  vector_rows rows = {};     ///< of the words, then of the n-grams
  std::size_t repeated = 0;  ///< number of repeated words
  std::size_t blank = 0;     ///< number of words that were skipped: without a visible character
  subwords grams = {};
};

}  // namespace detail

/// Trained vectors of words: GloVe, word2vec, fastText. See `read_word_vectors`, `read_word2vec` and
/// `read_fasttext`.
///
/// The vector of a text is the mean of its words' vectors, each scaled to unit length. A word is looked up as
/// written, then folded (`fold_case`), with the punctuation that belongs to it if the table has it so ("C++",
/// "U.S."). Up to five words that the table has as one, in any punctuation ("New_York", "ice-cream",
/// "don't"), count as one word. With n-grams (fastText), the vector of an unknown word is the mean of those
/// of its n-grams.
///
/// Immutable; copies are cheap and share the vectors; concurrent reads are safe.
class word_vectors {
 public:
  /// From the content of a file, as its reader returns it.
  explicit word_vectors(detail::word_table table)
      : table_{std::make_shared<const detail::word_table>(std::move(table))} {
    for (std::size_t i = 0; i < table_->words.size(); ++i) add_key(static_cast<std::uint32_t>(i));
  }

  [[nodiscard]] std::size_t dimension() const noexcept { return table_->rows.dimension(); }
  /// Number of different words.
  [[nodiscard]] std::size_t size() const noexcept { return table_->words.size(); }
  /// Number of repeated words in the file, whose first vector counts.
  [[nodiscard]] std::size_t repeated_words() const noexcept { return table_->repeated; }
  /// Number of words of the file without a visible character, which are skipped.
  [[nodiscard]] std::size_t blank_words() const noexcept { return table_->blank; }
  /// Whether the table has a word in this spelling.
  [[nodiscard]] bool contains(std::string_view word) const { return table_->words.find(word).has_value(); }

  /// The vector of one word, not scaled; zeros for an unknown one.
  /// Throws: `parse_error` naming the file for a vector that is not finite.
  [[nodiscard]] Eigen::RowVectorXf vector(std::string_view word) const {
    const std::vector<double> sum = mean_of(table_->words.find(word), word);
    return Eigen::Map<const Eigen::RowVectorXd>(sum.data(), static_cast<Eigen::Index>(sum.size()))
        .cast<float>();
  }

  /// @param[in] texts UTF-8
  /// @return `[texts.size(), dimension()]`, rows of unit length; zero for a text without a known word
  ///
  /// Throws: `invalid_argument` for a text that is not UTF-8; `parse_error` naming the file for a vector that
  /// is not finite. Complexity: O(words * dimension()), times the n-grams per word.
  [[nodiscard]] matrix<float> embed(std::span<const std::string_view> texts) const {
    return detail::embed_each(texts, dimension(),
                              [&](std::string_view text, std::span<double> sum) { add_words(text, sum); });
  }

 private:
  static constexpr std::size_t max_phrase = 5;

  /// The written words of a text, joined by blanks; nothing for more than `max_phrase` of them.
  [[nodiscard]] static std::pair<std::string, std::size_t> key_of(std::string_view text) {
    std::pair<std::string, std::size_t> out;
    detail::for_each_written_word(text, [&](std::string_view word) {
      if (++out.second > 1) out.first += ' ';
      out.first += word;
    });
    return out;
  }

  /// Makes a word of the table that is not a single ASCII word known by its key.
  void add_key(std::uint32_t row) {
    const std::string_view word = table_->words[row];
    const auto [key, parts] = key_of(word);
    if (parts == 0 || parts > max_phrase) return;
    max_parts_ = std::max(max_parts_, parts);
    if (parts > 1 && keys_.insert(key).second) key_rows_.push_back(row);
    // Folded, where the fold is another word than its lower case.
    if (!detail::is_ascii(key) && keys_.insert(fold_case(key)).second) key_rows_.push_back(row);
  }

  /// Adds the unit vectors of the words of a text.
  void add_words(std::string_view text, std::span<double> sum) const {
    std::vector<std::string_view> words;
    detail::for_each_written_word(text, [&](std::string_view word) { words.push_back(word); });
    for (std::size_t i = 0; i < words.size();) {
      std::size_t parts = std::min(max_parts_, words.size() - i);
      std::optional<std::uint32_t> row;
      for (; parts > 1 && !row; parts -= row ? 0 : 1) row = find_phrase(text, words, i, parts);
      if (!row) {
        parts = 1;
        row = find_word(text, words, i);
      }
      const std::string unknown = row ? std::string{} : fold_case(words[i]);
      add_unit(mean_of(row, row ? table_->words[*row] : std::string_view{unknown}), sum);
      i += parts;
    }
  }

  /// The text of words [first, first + count) with what stands around them up to a blank or another word.
  [[nodiscard]] static std::string_view surroundings(std::string_view text,
                                                     std::span<const std::string_view> words,
                                                     std::size_t first, std::size_t count) {
    const auto at = [&](const char* place) { return static_cast<std::size_t>(place - text.data()); };
    const auto end_of = [&](std::size_t w) { return at(words[w].data()) + words[w].size(); };
    std::size_t begin = at(words[first].data());
    std::size_t end = end_of(first + count - 1);
    const std::size_t min_begin = first == 0 ? 0 : end_of(first - 1);
    const std::size_t max_end = first + count == words.size() ? text.size() : at(words[first + count].data());
    constexpr std::string_view blanks = " \t\r\n";
    while (begin > min_begin && blanks.find(text[begin - 1]) == std::string_view::npos) --begin;
    while (end < max_end && blanks.find(text[end]) == std::string_view::npos) ++end;
    return text.substr(begin, end - begin);
  }

  [[nodiscard]] std::optional<std::uint32_t> find_spelling(std::string_view word) const {
    if (const auto found = table_->words.find(word)) return found;
    return table_->words.find(fold_case(word));
  }

  /// Looks up a word: with its punctuation, unless that is only of the sentence; as written; folded.
  [[nodiscard]] std::optional<std::uint32_t> find_word(std::string_view text,
                                                       std::span<const std::string_view> words,
                                                       std::size_t at) const {
    const std::string_view word = words[at];
    const char* const end = word.data() + word.size();
    std::string_view around = surroundings(text, words, at, 1);
    while (around.data() != word.data() && std::string_view{"([{\"'`"}.find(around.front()) != around.npos)
      around.remove_prefix(1);
    std::string_view own = around;
    while (own.data() + own.size() != end && std::string_view{".,;:!?)]}\"'/-"}.find(own.back()) != own.npos)
      own.remove_suffix(1);
    if (own.size() != word.size()) {
      if (const auto found = find_spelling(own)) return found;
    }
    if (const auto found = find_spelling(word)) return found;
    if (const auto key = keys_.find(fold_case(word))) return key_rows_[*key];
    for (; around.data() + around.size() != end; around.remove_suffix(1)) {  // an abbreviation: "etc."
      if (const auto found = find_spelling(around)) return found;
    }
    return std::nullopt;
  }

  /// Looks up several words that the table has as one: in this punctuation, else in any.
  [[nodiscard]] std::optional<std::uint32_t> find_phrase(std::string_view text,
                                                         std::span<const std::string_view> words,
                                                         std::size_t first, std::size_t count) const {
    std::string key{words[first]};
    for (std::size_t p = 1; p < count; ++p) (key += ' ') += words[first + p];
    auto known = keys_.find(key);
    if (!known) known = keys_.find(fold_case(key));
    if (!known) return std::nullopt;
    std::string_view spelled = surroundings(text, words, first, count);
    const std::string_view last = words[first + count - 1];
    for (;;) {
      if (const auto found = find_spelling(spelled)) return found;
      if (spelled.data() + spelled.size() == last.data() + last.size()) break;
      spelled.remove_suffix(1);
    }
    return key_rows_[*known];
  }

  [[nodiscard]] std::vector<double> mean_of(std::optional<std::uint32_t> row, std::string_view word) const {
    std::vector<double> sum(dimension(), 0.0);
    std::size_t count = 0;
    if (row) {
      table_->rows.add_to(sum, *row);
      ++count;
    }
    table_->grams.for_each(word, [&](std::size_t bucket) {
      table_->rows.add_to(sum, size() + bucket);
      ++count;
    });
    for (double& value : sum) value /= static_cast<double>(std::max<std::size_t>(count, 1));
    return sum;
  }

  static void add_unit(const std::vector<double>& vector, std::span<double> sum) {
    double squares = 0;
    for (const double value : vector) squares += value * value;
    if (squares < 1e-30) return;
    const double scale = 1 / std::sqrt(squares);
    for (std::size_t d = 0; d < sum.size(); ++d) sum[d] += scale * vector[d];
  }

  std::shared_ptr<const detail::word_table> table_;
  detail::string_index keys_;            // of words with punctuation, or outside ASCII
  std::vector<std::uint32_t> key_rows_;  // per key
  std::size_t max_parts_ = 1;
};

static_assert(text_embedder<word_vectors>);

}  // namespace mll
