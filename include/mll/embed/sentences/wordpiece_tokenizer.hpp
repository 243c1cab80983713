// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/text/string_index.hpp"
#include "mll/core/text/utf8.hpp"
#include "mll/embed/sentences/detail/bert_words.hpp"

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
      : options_{std::move(options)}, size_{vocabulary.size()} {
    if (options_.max_tokens < 2) {
      throw invalid_argument{"max_tokens", "at least 2", std::to_string(options_.max_tokens)};
    }
    if (size_ > std::numeric_limits<std::int32_t>::max()) {
      throw invalid_argument{"vocabulary", "fewer than 2^31 tokens", std::to_string(size_)};
    }
    tokens_.reserve(size_);
    for (std::size_t i = 0; i < size_; ++i) {
      const auto [place, fresh] = tokens_.insert(vocabulary[i]);
      if (fresh) ids_.push_back(0);
      ids_[place] = static_cast<std::int32_t>(i);
      max_token_size_ = std::max(max_token_size_, vocabulary[i].size());
    }
    unknown_ = special(options_.unknown, "unknown");
    begin_ = special(options_.begin, "begin");
    end_ = special(options_.end, "end");
    padding_ = special(options_.padding, "padding");
    if (const auto id = find(options_.mask)) specials_.push_back({options_.mask, *id});
  }

  /// Size of the vocabulary.
  [[nodiscard]] std::size_t vocabulary_size() const noexcept { return size_; }
  [[nodiscard]] const wordpiece_options& options() const noexcept { return options_; }
  /// The token that pads shorter texts of a batch.
  [[nodiscard]] std::int32_t padding_id() const noexcept { return padding_; }
  /// The number of a token, if any.
  [[nodiscard]] std::optional<std::int32_t> find(std::string_view token) const {
    const auto place = tokens_.find(token);
    return place ? std::optional{ids_[*place]} : std::nullopt;
  }

  /// @param[in] text UTF-8
  /// @return its tokens between `[CLS]` and `[SEP]`, at most `max_tokens`
  /// Throws: `invalid_argument` if the text is not UTF-8. Complexity: O(n l) for n bytes and tokens of at
  /// most l bytes.
  [[nodiscard]] std::vector<std::int32_t> encode(std::string_view text) const {
    if (!is_valid_utf8(text)) throw invalid_argument{"text", "UTF-8", "other bytes"};
    std::vector<std::int32_t> out{begin_};
    const std::size_t limit = options_.max_tokens - 1;  // without `[SEP]`
    while (!text.empty() && out.size() < limit) {
      const auto [at, found] = next_special(text);
      add_words(text.substr(0, at), out);
      if (found == nullptr) break;
      out.push_back(found->id);
      text.remove_prefix(at + found->text.size());
    }
    out.resize(std::min(out.size(), limit));
    out.push_back(end_);
    return out;
  }

 private:
  struct special_token {
    std::string text;
    std::int32_t id;
  };

  std::int32_t special(const std::string& token, const char* role) {
    const auto id = find(token);
    if (!id || token.empty()) {
      throw invalid_argument{role, "a token of the vocabulary", "'" + token + "'"};
    }
    specials_.push_back({token, *id});
    return *id;
  }

  /// The first special token in a text, of several at one position the longest; null if there is none.
  [[nodiscard]] std::pair<std::size_t, const special_token*> next_special(std::string_view text) const {
    std::pair<std::size_t, const special_token*> out{text.size(), nullptr};
    for (const special_token& each : specials_) {
      const std::size_t at = text.find(each.text);
      if (at == std::string_view::npos) continue;
      if (at < out.first ||
          (at == out.first && out.second != nullptr && each.text.size() > out.second->text.size()))
        out = {at, &each};
    }
    return out;
  }

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
  std::size_t size_;
  detail::string_index tokens_;
  std::vector<std::int32_t> ids_;
  std::vector<special_token> specials_;
  std::size_t max_token_size_ = 0;
  std::int32_t unknown_ = 0;
  std::int32_t begin_ = 0;
  std::int32_t end_ = 0;
  std::int32_t padding_ = 0;
};

}  // namespace mll
