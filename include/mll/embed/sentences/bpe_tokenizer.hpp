// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <unicode/unistr.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <queue>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/embed/sentences/detail/bpe_words.hpp"
#include "mll/embed/sentences/detail/token_table.hpp"

namespace mll {

/// How a byte-level tokenizer prepares a text and splits it into words.
enum class bpe_words {
  clip,  ///< NFC, lower case, without white space; the last piece of a word ends with `</w>`
  gpt2,  ///< as it is; words begin with the space before them
};

/// Options of `bpe_tokenizer`; the defaults are those of CLIP.
struct bpe_options {
  bpe_words words = bpe_words::clip;
  std::size_t max_tokens = 77;            ///< with `begin` and `end`, at least 2; longer texts are cut off
  bool adds_space = false;                ///< `gpt2`: whether a text begins with a space that it lacks
  std::string unknown = "<|endoftext|>";  ///< these four are tokens of the vocabulary
  std::string begin = "<|startoftext|>";
  std::string end = "<|endoftext|>";
  std::string padding = "<|endoftext|>";
  std::vector<std::string> special = {};  ///< further tokens that texts may contain as they are
};

/// A merge of two pieces into one.
using bpe_merge = std::pair<std::string, std::string>;

/// Splits texts into the pieces that CLIP, GPT-2 and RoBERTa read: byte pair encoding (Sennrich and others
/// 2016) of the UTF-8 bytes of each word. Token numbers are those of Hugging Face's `tokenizers`.
/// Component `mll::icu`.
///
/// Immutable: concurrent use is safe. Determinism: character classes are those of the installed ICU.
class bpe_tokenizer {
 public:
  /// @param[in] vocabulary tokens by number, UTF-8, bytes as in GPT-2's vocabulary
  /// @param[in] merges     best first
  /// Throws: `invalid_argument` if the vocabulary lacks a special token or a piece of a merge, or
  /// `max_tokens` is below 2.
  bpe_tokenizer(std::span<const std::string> vocabulary, std::span<const bpe_merge> merges,
                bpe_options options = {})
      : options_{std::move(options)}, tokens_{vocabulary, options_.max_tokens} {
    unknown_ = tokens_.add_special(options_.unknown, "unknown");
    begin_ = tokens_.add_special(options_.begin, "begin");
    end_ = tokens_.add_special(options_.end, "end");
    padding_ = tokens_.add_special(options_.padding, "padding");
    for (const auto& each : options_.special) tokens_.add_special(each, "special");
    const std::string last = options_.words == bpe_words::clip ? "</w>" : "";
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::string& character = detail::characters_of_bytes()[byte];
      inner_[byte] = find(character).value_or(unknown_);
      final_[byte] = find(character + last).value_or(unknown_);
    }
    for (std::size_t rank = 0; rank < merges.size(); ++rank) {
      const auto& [left, right] = merges[rank];
      const auto token = [&](const std::string& text) {
        const auto id = find(text);
        if (!id)
          throw invalid_argument{"merges[" + std::to_string(rank) + "]", "pieces of the vocabulary",
                                 "'" + text + "'"};
        return *id;
      };
      const std::uint64_t pair = pair_of(token(left), token(right));
      merges_[pair] = {static_cast<std::uint32_t>(rank), token(left + right)};
    }
  }

  /// Size of the vocabulary.
  [[nodiscard]] std::size_t vocabulary_size() const noexcept { return tokens_.size(); }
  [[nodiscard]] const bpe_options& options() const noexcept { return options_; }
  /// The token that pads shorter texts of a batch.
  [[nodiscard]] std::int32_t padding_id() const noexcept { return padding_; }
  /// The number of a token, if any.
  [[nodiscard]] std::optional<std::int32_t> find(std::string_view token) const { return tokens_.find(token); }

  /// @param[in] text UTF-8
  /// @return its tokens between `begin` and `end`, at most `max_tokens`
  /// Throws: `invalid_argument` if the text is not UTF-8. Complexity: O(n log n) for n bytes.
  [[nodiscard]] std::vector<std::int32_t> encode(std::string_view text) const {
    return tokens_.encode(text, begin_, end_, [&](std::string_view part, std::vector<std::int32_t>& out) {
      add_words(part, out);
    });
  }

 private:
  struct merge {
    std::uint32_t rank;
    std::int32_t id;
  };
  /// A piece of a word in a linked list.
  struct piece {
    std::int32_t id;
    std::size_t before;
    std::size_t after;
    bool is_alive = true;
  };
  struct candidate {
    std::uint32_t rank;
    std::size_t left;  // position of the left piece
    std::uint64_t pair;
    /// Of two candidates the lower rank first, then the left one.
    friend bool operator<(const candidate& a, const candidate& b) {
      return a.rank != b.rank ? a.rank > b.rank : a.left > b.left;
    }
  };

  static std::uint64_t pair_of(std::int32_t left, std::int32_t right) {
    return static_cast<std::uint64_t>(left) << 32U | static_cast<std::uint32_t>(right);
  }

  void add_words(std::string_view text, std::vector<std::int32_t>& out) const {
    const auto whole = icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
    const auto add = [&](std::string_view word) { add_pieces(word, out); };
    if (options_.words == bpe_words::clip)
      return detail::for_each_clip_word(detail::bpe_normalized(whole), add);
    const bool lacks_space = options_.adds_space && !text.empty() && !whole.startsWith(u" ");
    detail::for_each_gpt2_word(lacks_space ? icu::UnicodeString{u" "} + whole : whole, add);
  }

  /// Merges the best pair of adjacent pieces repeatedly.
  void add_pieces(std::string_view word, std::vector<std::int32_t>& out) const {
    std::vector<piece> pieces;
    for (std::size_t i = 0; i < word.size(); ++i) {
      const auto byte = static_cast<unsigned char>(word[i]);
      pieces.push_back({i + 1 == word.size() ? final_[byte] : inner_[byte], i - 1, i + 1});
    }
    std::priority_queue<candidate> queue;
    const auto offer = [&](std::size_t left) {
      if (left >= pieces.size() || pieces[left].after >= pieces.size()) return;
      const std::uint64_t pair = pair_of(pieces[left].id, pieces[pieces[left].after].id);
      if (const auto found = merges_.find(pair); found != merges_.end())
        queue.push({found->second.rank, left, pair});
    };
    for (std::size_t i = 0; i < pieces.size(); ++i) offer(i);
    while (!queue.empty()) {
      const candidate best = queue.top();
      queue.pop();
      piece& left = pieces[best.left];
      if (!left.is_alive || left.after >= pieces.size()) continue;
      piece& right = pieces[left.after];
      if (pair_of(left.id, right.id) != best.pair) continue;  // merged meanwhile
      left.id = merges_.at(best.pair).id;
      right.is_alive = false;
      left.after = right.after;
      if (left.after < pieces.size()) pieces[left.after].before = best.left;
      offer(left.before);
      offer(best.left);
    }
    for (const piece& each : pieces) {
      if (each.is_alive) out.push_back(each.id);
    }
  }

  bpe_options options_;
  detail::token_table tokens_;
  std::unordered_map<std::uint64_t, merge> merges_;
  std::int32_t inner_[256] = {};  // the pieces of single bytes
  std::int32_t final_[256] = {};  // at the end of a word
  std::int32_t unknown_ = 0;
  std::int32_t begin_ = 0;
  std::int32_t end_ = 0;
  std::int32_t padding_ = 0;
};

}  // namespace mll
