// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <charconv>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/core/io/map_file.hpp"
#include "mll/core/text/text_file.hpp"
#include "mll/embed/words/word_vectors.hpp"

namespace mll {

namespace detail {

/// A number of the first line of a binary file of word2vec, and the character after it.
[[nodiscard]] inline std::size_t word2vec_count(byte_parser& in, char end, std::string_view what) {
  const std::string_view text = in.text(end, 20, what);
  std::size_t value = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || stop != text.data() + text.size() || value == 0) {
    in.fail(std::string{what} + " before it", in_quotes(text));
  }
  return value;
}

/// Reads the binary form from bytes, which the table goes on to use.
[[nodiscard]] inline word_table parse_word2vec(file_bytes file) {
  constexpr std::size_t max_word_characters = 4096;
  byte_parser in{file};
  const std::size_t count = word2vec_count(in, ' ', "the number of words and a blank");
  const std::size_t dimension = word2vec_count(in, '\n', "the number of dimensions and a line end");
  // A word takes two bytes at least. Asked by division: a product could overflow.
  if (dimension > in.left() / sizeof(float) || count > in.left() / (dimension * sizeof(float) + 2)) {
    in.fail(std::to_string(count) + " words with " + std::to_string(dimension) + " numbers each",
            std::to_string(in.left()) + " bytes");
  }
  word_table out;
  out.words.reserve(count);
  std::vector<std::size_t> places;
  places.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    in.skip_if('\n');  // some writers end a vector so
    const std::string what =
        "word " + std::to_string(i + 1) + " of " + std::to_string(count) + " and a blank";
    const std::string_view word = in.text(' ', max_word_characters, what);
    if (word.empty()) in.fail(what + " before it", "a blank only");
    const std::size_t place = in.skip(dimension * sizeof(float), "its vector");
    if (out.words.insert(word).second) {
      places.push_back(place);
    } else {
      ++out.repeated;
    }
  }
  in.skip_if('\n');
  if (in.left() != 0) in.fail("the end of the file", std::to_string(in.left()) + " more bytes");
  out.rows = {std::move(file), std::move(places), dimension};
  return out;
}

}  // namespace detail

/// Reads word vectors in the binary form of word2vec: `<words> <dimensions>\n`, then for each word its bytes,
/// a blank and its numbers in single precision, with or without a line end after them.
///
/// The file is mapped: its words are indexed, and its vectors stay where they are until they are asked for.
/// It must not change meanwhile. Of a word that comes again the first vector counts.
///
/// Throws: `parse_error` naming the file and the byte if it cannot be read, is cut off, has more than it
/// announces, or does not begin with two numbers. A vector that is not finite is found when it is used.
/// Complexity: O(words).
[[nodiscard]] inline word_vectors read_word2vec(const std::filesystem::path& path) {
  return word_vectors{detail::parse_word2vec(detail::map_file(path))};
}

}  // namespace mll
