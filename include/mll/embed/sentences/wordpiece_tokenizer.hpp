// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/embed/sentences/detail/bert_words.hpp"
#include "mll/embed/sentences/detail/token_table.hpp"

namespace mll {

/// Options of `wordpiece_tokenizer`; the defaults are those of BERT's uncased models.
struct wordpiece_options {
  bool lower_case = true;                  ///< false for cased models
  std::optional<bool> strip_accents = {};  ///< by default as `lower_case`
  bool split_ideographs = true;            ///< Chinese characters are words of their own
  std::size_t max_tokens = 512;            ///< with `[CLS]` and `[SEP]`, at least 2; longer texts are cut off
  std::size_t max_word_characters = 100;   ///< a longer word is unknown
  std::string unknown = "[UNK]";           ///< these five are tokens of the vocabulary; `mask` is optional
  std::string begin = "[CLS]";
  std::string end = "[SEP]";
  std::string padding = "[PAD]";
  std::string mask = "[MASK]";
};

/// Splits texts into the word pieces that BERT and its relatives read (Devlin and others 2019; Wu and others
/// 2016): words apart from punctuation, and each word into the longest pieces of a vocabulary from left to
/// right. Token numbers are those of Hugging Face's `tokenizers`, also for texts with special tokens.
/// Component `mll::icu`.
///
/// Immutable: concurrent use is safe. Determinism: character categories are those of Unicode 8,
/// decompositions those of the installed ICU.
class wordpiece_tokenizer {
 public:
  /// @param[in] vocabulary UTF-8; a token's number is its position, for a repeated token the last one; `##`
  ///                       begins pieces inside a word
  /// Throws: `invalid_argument` if the vocabulary lacks a special token, or `max_tokens` is below 2.
  explicit wordpiece_tokenizer(std::span<const std::string> vocabulary, wordpiece_options options = {})
      : options_{std::move(options)}, tokens_{vocabulary, options_.max_tokens} {
    for (const std::string& each : vocabulary) max_token_size_ = std::max(max_token_size_, each.size());
    unknown_ = tokens_.add_special(options_.unknown, "unknown");
    begin_ = tokens_.add_special(options_.begin, "begin");
    end_ = tokens_.add_special(options_.end, "end");
    padding_ = tokens_.add_special(options_.padding, "padding");
    if (!options_.mask.empty() && find(options_.mask)) tokens_.add_special(options_.mask, "mask");
  }

  /// Size of the vocabulary.
  [[nodiscard]] std::size_t vocabulary_size() const noexcept { return tokens_.size(); }
  [[nodiscard]] const wordpiece_options& options() const noexcept { return options_; }
  /// The token that pads shorter texts of a batch.
  [[nodiscard]] std::int32_t padding_id() const noexcept { return padding_; }
  /// The number of a token, if any.
  [[nodiscard]] std::optional<std::int32_t> find(std::string_view token) const { return tokens_.find(token); }

  /// @param[in] text UTF-8
  /// @return its tokens between `[CLS]` and `[SEP]`, at most `max_tokens`
  /// Throws: `invalid_argument` if the text is not UTF-8. Complexity: O(n l) for n bytes and tokens of at
  /// most l bytes.
  [[nodiscard]] std::vector<std::int32_t> encode(std::string_view text) const {
    return tokens_.encode(text, begin_, end_, [&](std::string_view part, std::vector<std::int32_t>& out) {
      add_words(part, out);
    });
  }

 private:
  void add_words(std::string_view text, std::vector<std::int32_t>& out) const {
    detail::for_each_bert_word(
        text, options_.lower_case, options_.strip_accents.value_or(options_.lower_case),
        options_.split_ideographs,
        [&](std::string_view word, std::size_t characters) { add_pieces(word, characters, out); });
  }

  /// Takes the longest piece repeatedly; a word that cannot be split completely is unknown as a whole.
  void add_pieces(std::string_view word, std::size_t characters, std::vector<std::int32_t>& out) const {
    const std::size_t before = out.size();
    std::string inner;
    std::size_t at = 0;
    while (characters <= options_.max_word_characters && at < word.size()) {
      inner.assign(at == 0 ? "" : "##");
      const std::size_t mark = inner.size();
      inner += word.substr(at, max_token_size_);
      std::optional<std::int32_t> id;
      while (inner.size() > mark && !(id = find(inner))) inner.pop_back();
      if (!id) break;
      out.push_back(*id);
      at += inner.size() - mark;
    }
    if (at == word.size()) return;
    out.resize(before);
    out.push_back(unknown_);
  }

  wordpiece_options options_;
  detail::token_table tokens_;
  std::size_t max_token_size_ = 0;
  std::int32_t unknown_ = 0;
  std::int32_t begin_ = 0;
  std::int32_t end_ = 0;
  std::int32_t padding_ = 0;
};

}  // namespace mll
