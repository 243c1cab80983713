// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/detail/code_point.hpp"
#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/core/io/map_file.hpp"
#include "mll/core/text/number.hpp"
#include "mll/core/text/text_file.hpp"
#include "mll/embed/words/word_vectors.hpp"

namespace mll {

namespace detail {

/// A line of a text file of word vectors, split into fields.
class vector_line {
 public:
  vector_line(std::string_view file, std::size_t number, std::string_view text)
      : file_{file}, number_{number}, text_{text} {
    constexpr std::string_view blanks = " \t";
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t begin = text_.find_first_not_of(blanks, at);
      if (begin == std::string_view::npos) break;
      const std::size_t end = std::min(text_.find_first_of(blanks, begin), text_.size());
      fields_.push_back(text_.substr(begin, end - begin));
      at = end;
    }
  }

  [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
    throw parse_error{file_, number_, expected, found};
  }
  [[nodiscard]] std::size_t field_count() const noexcept { return fields_.size(); }

  /// The integer in a field, if it is one.
  [[nodiscard]] std::optional<std::size_t> whole(std::size_t field) const {
    return parse_number<std::size_t>(fields_[field]);
  }

  /// Whether the line begins with a blank, in place of a word.
  [[nodiscard]] bool begins_blank() const noexcept {
    return text_.starts_with(' ') || text_.starts_with('\t');
  }

  /// Appends the last `dimension` fields as numbers and returns the text before them, which may be blank.
  std::string_view take(std::size_t dimension, std::vector<float>& numbers) const {
    if (fields_.size() + (begins_blank() ? 1 : 0) <= dimension) {
      fail("a word and " + std::to_string(dimension) + " numbers",
           std::to_string(fields_.size()) + " fields in " + in_quotes(text_));
    }
    const std::size_t first = fields_.size() - dimension;
    for (std::size_t i = first; i < fields_.size(); ++i) {
      const auto value = parse_number<float>(fields_[i]);
      if (!value || !std::isfinite(*value))
        fail("a finite number in field " + std::to_string(i + 1), in_quotes(fields_[i]));
      numbers.push_back(*value);
    }
    if (first == 0) return {};
    const char* const begin = fields_.front().data();
    const std::string_view last = fields_[first - 1];
    return {begin, static_cast<std::size_t>(last.data() + last.size() - begin)};
  }

 private:
  std::string_view file_;
  std::size_t number_;
  std::string_view text_;
  std::vector<std::string_view> fields_;
};

/// Parses the text format.
[[nodiscard]] inline word_table parse_word_vectors(const file_bytes& file) {
  word_table out;
  std::vector<float> numbers;
  std::size_t dimension = 0;
  std::optional<std::size_t> declared;
  std::size_t vectors = 0;
  std::size_t number = 0;
  std::string_view rest = without_byte_order_mark(file.name, file.content);
  while (!rest.empty()) {
    ++number;
    const vector_line line{file.name, number, take_line(rest)};
    if (line.field_count() == 0) continue;
    if (dimension == 0) {
      // fastText and word2vec begin with the numbers of words and dimensions; GloVe does not.
      if (line.field_count() == 2 && !line.begins_blank() && line.whole(0) && line.whole(1)) {
        declared = line.whole(0);
        dimension = *line.whole(1);
        if (dimension == 0) line.fail("a dimension of at least 1", "0");
        continue;
      }
      dimension = line.field_count() - (line.begins_blank() ? 0 : 1);
      if (dimension == 0) {
        line.fail("a word and its vector, or the numbers of words and dimensions",
                  std::to_string(line.field_count()) + " fields");
      }
    }
    const std::size_t before = numbers.size();
    const std::string_view word = line.take(dimension, numbers);
    ++vectors;
    if (is_blank(word)) {
      ++out.blank;
      numbers.resize(before);
    } else if (!out.words.insert(word).second) {
      ++out.repeated;
      numbers.resize(before);
    }
  }
  if (declared && *declared != vectors) {
    throw parse_error{file.name, number, std::to_string(*declared) + " words, as in line 1",
                      std::to_string(vectors)};
  }
  if (out.words.size() == 0) throw parse_error{file.name, 0, "at least one word with its vector", "none"};
  const auto rows = static_cast<Eigen::Index>(out.words.size());
  matrix<float> values(rows, static_cast<Eigen::Index>(dimension));
  std::copy(numbers.begin(), numbers.end(), values.data());
  out.rows = {std::move(values), file.name};
  return out;
}

}  // namespace detail

/// Reads word vectors from a text file: GloVe, the text format of word2vec, `.vec` of fastText.
///
/// A line is a word and its numbers, separated by blanks; the first line may be the numbers of words and
/// dimensions instead. Words may contain blanks. The first vector of a repeated word counts;
/// `word_vectors::repeated_words` counts the others, and `blank_words` the vectors of words without a visible
/// character, which are skipped. A byte order mark, CR, blank lines and every spelling of a number are
/// accepted (`+0.7`, `1E-60`). The vectors are held in memory, in single precision.
///
/// Throws: `parse_error` naming file and line for an unreadable file, a line that is not a word and as many
/// finite numbers as in the first, and another number of words than the first line says. Complexity: linear
/// in the size of the file.
[[nodiscard]] inline word_vectors read_word_vectors(const std::filesystem::path& path) {
  return word_vectors{detail::parse_word_vectors(detail::map_file(path))};
}

}  // namespace mll
