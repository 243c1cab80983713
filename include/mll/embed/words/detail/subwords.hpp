// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "mll/embed/detail/tokenize.hpp"

namespace mll::detail {

/// The character n-grams of fastText and the rows they are hashed to (Bojanowski and others 2017).
struct subwords {
  std::size_t min_length = 0;
  std::size_t max_length = 0;  ///< 0: no n-grams
  std::uint32_t buckets = 0;
  bool pruned = false;                                         ///< only the buckets of `kept` have rows
  std::unordered_map<std::uint32_t, std::uint32_t> kept = {};  ///< bucket -> row

  /// FNV-1a in 32 bits, except that fastText sign-extends bytes above 127.
  [[nodiscard]] static constexpr std::uint32_t hash(std::string_view gram) noexcept {
    std::uint32_t value = 2166136261U;
    for (const char c : gram) {
      value ^= static_cast<std::uint32_t>(static_cast<std::int32_t>(static_cast<std::int8_t>(c)));
      value *= 16777619U;
    }
    return value;
  }

  /// Calls `visit(row)` for each n-gram of a word that has a row, counted from the first row of the buckets.
  template <class Visit>
  void for_each(std::string_view word, Visit&& visit) const {
    // The mark of the end of a sentence has no n-grams.
    if (max_length == 0 || word == "</s>") return;
    const std::string bounded = '<' + std::string{word} + '>';
    for_each_character_gram(bounded, min_length, max_length, [&](std::string_view gram) {
      // The boundary marks alone are not n-grams.
      const bool first = gram.data() == bounded.data();
      const bool last = gram.data() + gram.size() == bounded.data() + bounded.size();
      if (gram.size() == 1 && (first || last)) return;
      const std::uint32_t bucket = hash(gram) % buckets;
      if (!pruned) {
        visit(std::size_t{bucket});
      } else if (const auto found = kept.find(bucket); found != kept.end()) {
        visit(std::size_t{found->second});
      }
    });
  }
};

}  // namespace mll::detail
