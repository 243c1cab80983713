// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
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
  subwords grams = {};
};

}  // namespace detail

/// Trained vectors of words: GloVe, word2vec, fastText. See `read_word_vectors`, `read_word2vec` and
/// `read_fasttext`.
///
/// The vector of a text is the mean of its words' vectors, each scaled to unit length. A word is looked up as
/// written, then in lower case; up to five words that the table has as one, joined by `_` ("New_York"), count
/// as one word. With n-grams (fastText), the vector of an unknown word is the mean of those of its n-grams.
///
/// Immutable; copies are cheap and share the vectors; concurrent reads are safe.
class word_vectors {
 public:
  /// From the content of a file, as its reader returns it.
  explicit word_vectors(detail::word_table table)
      : table_{std::make_shared<const detail::word_table>(std::move(table))} {
    for (std::size_t i = 0; i < table_->words.size(); ++i) {
      const std::string_view word = table_->words[i];
      const auto parts = 1 + static_cast<std::size_t>(std::count(word.begin(), word.end(), '_'));
      if (parts <= max_phrase) max_parts_ = std::max(max_parts_, parts);
    }
  }

  [[nodiscard]] std::size_t dimension() const noexcept { return table_->rows.dimension(); }
  /// Number of different words.
  [[nodiscard]] std::size_t size() const noexcept { return table_->words.size(); }
  /// Number of repeated words in the file, whose first vector counts.
  [[nodiscard]] std::size_t repeated_words() const noexcept { return table_->repeated; }
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

  /// Adds the unit vectors of the words of a text.
  void add_words(std::string_view text, std::span<double> sum) const {
    std::vector<std::string_view> words;
    detail::for_each_written_word(text, [&](std::string_view word) { words.push_back(word); });
    for (std::size_t i = 0; i < words.size();) {
      std::size_t parts = std::min(max_parts_, words.size() - i);
      for (; parts > 1; --parts) {
        std::string phrase{words[i]};
        for (std::size_t p = 1; p < parts; ++p) (phrase += '_') += words[i + p];
        if (const auto row = find_spelling(phrase)) {
          add_unit(mean_of(row, phrase), sum);
          break;
        }
      }
      if (parts <= 1) {
        std::string word{words[i]};
        const auto row = find_spelling(word);
        if (!row) detail::lower_in_place(word);
        add_unit(mean_of(row, word), sum);
      }
      i += std::max<std::size_t>(parts, 1);
    }
  }

  /// Looks a word up as written, else in lower case; `word` becomes the spelling found.
  [[nodiscard]] std::optional<std::uint32_t> find_spelling(std::string& word) const {
    if (const auto found = table_->words.find(word)) return found;
    std::string lower = word;
    detail::lower_in_place(lower);
    const auto found = table_->words.find(lower);
    if (found) word = std::move(lower);
    return found;
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
  std::size_t max_parts_ = 1;
};

static_assert(text_embedder<word_vectors>);

}  // namespace mll
