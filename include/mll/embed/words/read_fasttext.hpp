// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "mll/core/error.hpp"
#include "mll/core/io/file_bytes.hpp"
#include "mll/core/io/map_file.hpp"
#include "mll/embed/words/word_vectors.hpp"

namespace mll {

namespace detail {

/// A count in a fastText file, stored as a signed `T`.
template <class T>
[[nodiscard]] std::size_t fasttext_count(byte_parser& in, std::string_view what) {
  const T value = in.number<T>(what);
  if (value < 0) in.reject(std::string{what} + ", at least 0,", std::to_string(value));
  return static_cast<std::size_t>(value);
}

/// The settings at the beginning of a fastText file that vectors depend on.
struct fasttext_settings {
  std::size_t dimension;
  subwords grams;
};

[[nodiscard]] inline fasttext_settings parse_fasttext_settings(byte_parser& in) {
  constexpr std::int32_t magic = 793712314;
  if (const auto found = in.number<std::int32_t>("a fastText model"); found != magic) {
    in.reject("the mark of a fastText model (" + std::to_string(magic) + ")", std::to_string(found));
  }
  const auto version = in.number<std::int32_t>("the version");
  if (version != 11 && version != 12) in.reject("version 11 or 12", std::to_string(version));
  const std::size_t dimension = fasttext_count<std::int32_t>(in, "the dimension");
  if (dimension == 0) in.reject("a dimension of at least 1", "0");
  in.skip(6 * sizeof(std::int32_t), "settings of the training");
  const auto kind = in.number<std::int32_t>("the kind of model");
  subwords grams;
  const std::size_t buckets = fasttext_count<std::int32_t>(in, "the number of buckets");
  grams.min_length = fasttext_count<std::int32_t>(in, "the length of the shortest n-gram");
  grams.max_length = fasttext_count<std::int32_t>(in, "the length of the longest n-gram");
  in.skip(sizeof(std::int32_t) + sizeof(double), "settings of the training");
  constexpr std::int32_t supervised = 3;
  if (version == 11 && kind == supervised) grams.max_length = 0;  // as fastText itself does
  if (grams.max_length > 0 && buckets == 0) in.fail("settings with at least 1 bucket for n-grams", "0");
  if (grams.max_length > 0 && grams.min_length == 0)
    in.fail("settings with n-grams of at least 1 letter", "0");
  grams.buckets = static_cast<std::uint32_t>(buckets);
  return {dimension, std::move(grams)};
}

/// Parses a fastText model; the table refers to the bytes.
[[nodiscard]] inline word_table parse_fasttext(file_bytes file) {
  constexpr std::size_t max_word_characters = 1 << 16;
  byte_parser in{file};
  fasttext_settings settings = parse_fasttext_settings(in);
  word_table out;
  out.grams = std::move(settings.grams);

  const std::size_t entries = fasttext_count<std::int32_t>(in, "the number of words and labels");
  const std::size_t words = fasttext_count<std::int32_t>(in, "the number of words");
  const std::size_t labels = fasttext_count<std::int32_t>(in, "the number of labels");
  if (words == 0 || words + labels != entries) {
    in.reject("words and labels, " + std::to_string(entries) + " in all,",
              std::to_string(words) + " and " + std::to_string(labels));
  }
  in.skip(sizeof(std::int64_t), "the number of tokens");
  const auto kept = in.number<std::int64_t>("the number of buckets kept");
  // An entry takes at least ten bytes, a bucket eight.
  if (entries > in.left() / 10 || (kept > 0 && static_cast<std::size_t>(kept) > in.left() / 8)) {
    in.fail(std::to_string(entries) + " entries", std::to_string(in.left()) + " bytes");
  }
  out.words.reserve(words);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::string what = "entry " + std::to_string(i + 1) + " of " + std::to_string(entries);
    const std::string_view word = in.text('\0', max_word_characters, what + " and a zero");
    // A row belongs to the number of its word, so a repeated word cannot be skipped.
    if (i < words && !out.words.insert(word).second) in.reject("every word once", what + " again");
    in.skip(sizeof(std::int64_t), "the count of " + what);
    const auto type = in.number<std::int8_t>("the type of " + what);
    if (type != (i < words ? 0 : 1)) {
      in.reject(std::string{"the type of "} + (i < words ? "a word, 0" : "a label, 1"), std::to_string(type));
    }
  }
  out.grams.pruned = kept >= 0;
  for (std::int64_t i = 0; i < kept; ++i) {
    const auto bucket = fasttext_count<std::int32_t>(in, "a bucket");
    const auto place = fasttext_count<std::int32_t>(in, "the place of a bucket");
    if (place >= static_cast<std::size_t>(kept)) {
      in.reject("a place below " + std::to_string(kept), std::to_string(place));
    }
    out.grams.kept.emplace(static_cast<std::uint32_t>(bucket), static_cast<std::uint32_t>(place));
  }

  if (in.number<std::int8_t>("the mark of compression") != 0) {
    in.reject("a model that is not compressed (.bin, not .ftz)", "a compressed one");
  }
  const std::size_t rows = fasttext_count<std::int64_t>(in, "the number of vectors");
  const std::size_t columns = fasttext_count<std::int64_t>(in, "the length of a vector");
  const std::size_t grams = out.grams.max_length == 0 ? 0
                            : out.grams.pruned        ? static_cast<std::size_t>(kept)
                                                      : out.grams.buckets;
  if (columns != settings.dimension || rows < words + grams) {
    in.fail("at least " + std::to_string(words + grams) + " vectors of " +
                std::to_string(settings.dimension) + " numbers",
            std::to_string(rows) + " of " + std::to_string(columns));
  }
  if (rows > in.left() / sizeof(float) / columns) {
    in.fail(std::to_string(rows) + " vectors of " + std::to_string(columns) + " numbers",
            std::to_string(in.left()) + " bytes");
  }
  const std::size_t first = in.position();
  out.rows = {std::move(file), first, rows, columns, stored_as::float32};
  return out;
}

}  // namespace detail

/// Reads a fastText model (`.bin`) with its n-grams, which give words outside its vocabulary a vector from
/// their spelling. Vectors agree with those of fastText up to rounding.
///
/// The file is mapped: words are indexed, and vectors are read when they are used. It must not change
/// meanwhile. Labels and the output layer are ignored.
///
/// Throws: `parse_error` naming file and byte for an unreadable, truncated, compressed (`.ftz`) or
/// inconsistent file. A vector that is not finite is reported when it is used. Complexity: O(words).
[[nodiscard]] inline word_vectors read_fasttext(const std::filesystem::path& path) {
  return word_vectors{detail::parse_fasttext(detail::map_file(path))};
}

}  // namespace mll
