// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <filesystem>
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

/// A number of the first line of a binary word2vec file, and the character after it.
[[nodiscard]] inline std::size_t word2vec_count(byte_parser& in, char end, std::string_view what) {
  std::string_view text = in.text(end, 20, what);
  if (text.ends_with('\r')) text.remove_suffix(1);
  const auto value = parse_number<std::size_t>(text);
  if (!value || *value == 0) in.reject(what, in_quotes(text));
  return *value;
}

/// Parses the binary format; the table refers to the bytes.
[[nodiscard]] inline word_table parse_word2vec(file_bytes file) {
  constexpr std::size_t max_word_characters = 4096;
  byte_parser in{file};
  const std::size_t count = word2vec_count(in, ' ', "the number of words and a blank");
  const std::size_t dimension = word2vec_count(in, '\n', "the number of dimensions and a line end");
  // A word takes at least one byte, the blank behind it. By division, as a product could overflow.
  if (dimension > in.left() / sizeof(float) || count > in.left() / (dimension * sizeof(float) + 1)) {
    in.fail(std::to_string(count) + " words with " + std::to_string(dimension) + " numbers each",
            std::to_string(in.left()) + " bytes");
  }
  word_table out;
  out.words.reserve(count);
  std::vector<std::size_t> places;
  places.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    in.skip_if('\n');  // some writers end a vector with it
    const std::string what =
        "word " + std::to_string(i + 1) + " of " + std::to_string(count) + " and a blank";
    const std::string_view word = in.text(' ', max_word_characters, what);
    const std::size_t place = in.skip(dimension * sizeof(float), "its vector");
    if (is_blank(word)) {
      ++out.blank;
    } else if (out.words.insert(word).second) {
      places.push_back(place);
    } else {
      ++out.repeated;
    }
  }
  in.skip_if('\n');
  if (out.words.size() == 0) in.reject("at least one word with a visible character", "none");
  if (in.left() != 0) in.fail("the end of the file", std::to_string(in.left()) + " more bytes");
  out.rows = {std::move(file), std::move(places), dimension};
  return out;
}

}  // namespace detail

/// Reads word vectors in the binary format of word2vec: `<words> <dimensions>\n`, then per word its bytes, a
/// blank and its numbers in single precision, optionally followed by a line end.
///
/// The file is mapped: words are indexed, and vectors are read when they are used. It must not change
/// meanwhile. The first vector of a repeated word counts; words without a visible character are skipped and
/// counted (`word_vectors::blank_words`).
///
/// Throws: `parse_error` naming file and byte for an unreadable, truncated or too long file, and a first line
/// without two numbers. A vector that is not finite is reported when it is used. Complexity: O(words).
[[nodiscard]] inline word_vectors read_word2vec(const std::filesystem::path& path) {
  return word_vectors{detail::parse_word2vec(detail::map_file(path))};
}

}  // namespace mll
