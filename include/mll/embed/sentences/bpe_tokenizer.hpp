// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <unicode/unistr.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <queue>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/text/string_index.hpp"
#include "mll/core/text/utf8.hpp"
#include "mll/embed/sentences/detail/bpe_words.hpp"

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
      : options_{std::move(options)}, size_{vocabulary.size()} {
    if (options_.max_tokens < 2)
      throw invalid_argument{"max_tokens", "at least 2", std::to_string(options_.max_tokens)};
    if (size_ > std::numeric_limits<std::int32_t>::max())
      throw invalid_argument{"vocabulary", "fewer than 2^31 tokens", std::to_string(size_)};
    tokens_.reserve(size_);
    for (std::size_t i = 0; i < size_; ++i) {
      const auto [place, fresh] = tokens_.insert(vocabulary[i]);
      if (fresh) ids_.push_back(0);
      ids_[place] = static_cast<std::int32_t>(i);
    }
    unknown_ = special(options_.unknown, "unknown");
    begin_ = special(options_.begin, "begin");
    end_ = special(options_.end, "end");
    padding_ = special(options_.padding, "padding");
    for (const auto& each : options_.special) special(each, "special");
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
  [[nodiscard]] std::size_t vocabulary_size() const noexcept { return size_; }
  [[nodiscard]] const bpe_options& options() const noexcept { return options_; }
  /// The token that pads shorter texts of a batch.
  [[nodiscard]] std::int32_t padding_id() const noexcept { return padding_; }
  /// The number of a token, if any.
  [[nodiscard]] std::optional<std::int32_t> find(std::string_view token) const {
    const auto place = tokens_.find(token);
    return place ? std::optional{ids_[*place]} : std::nullopt;
  }

  /// @param[in] text UTF-8
  /// @return its tokens between `begin` and `end`, at most `max_tokens`
  /// Throws: `invalid_argument` if the text is not UTF-8. Complexity: O(n log n) for n bytes.
  [[nodiscard]] std::vector<std::int32_t> encode(std::string_view text) const {
    if (!is_valid_utf8(text)) throw invalid_argument{"text", "UTF-8", "other bytes"};
    std::vector<std::int32_t> out{begin_};
    const std::size_t limit = options_.max_tokens - 1;  // without `end`
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

  std::int32_t special(const std::string& token, const char* role) {
    const auto id = find(token);
    if (!id || token.empty()) throw invalid_argument{role, "a token of the vocabulary", "'" + token + "'"};
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
  std::size_t size_;
  detail::string_index tokens_;
  std::vector<std::int32_t> ids_;
  std::vector<special_token> specials_;
  std::unordered_map<std::uint64_t, merge> merges_;
  std::int32_t inner_[256] = {};  // the pieces of single bytes
  std::int32_t final_[256] = {};  // at the end of a word
  std::int32_t unknown_ = 0;
  std::int32_t begin_ = 0;
  std::int32_t end_ = 0;
  std::int32_t padding_ = 0;
};

}  // namespace mll
