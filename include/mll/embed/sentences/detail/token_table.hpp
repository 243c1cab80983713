// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
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

namespace mll::detail {

/// The numbers of a tokenizer's tokens, and its special tokens, which texts may contain as they are.
class token_table {
 public:
  /// @param[in] vocabulary UTF-8; a token's number is its position, for a repeated token the last one
  /// Throws: `invalid_argument` for 2^31 tokens or more, and if `max_tokens`, which `encode` gets, is
  /// below 2.
  token_table(std::span<const std::string> vocabulary, std::size_t max_tokens)
      : size_{vocabulary.size()}, max_tokens_{max_tokens} {
    if (max_tokens < 2) throw invalid_argument{"max_tokens", "at least 2", std::to_string(max_tokens)};
    if (size_ > std::numeric_limits<std::int32_t>::max())
      throw invalid_argument{"vocabulary", "fewer than 2^31 tokens", std::to_string(size_)};
    tokens_.reserve(size_);
    for (std::size_t i = 0; i < size_; ++i) {
      const auto [place, fresh] = tokens_.insert(vocabulary[i]);
      if (fresh) ids_.push_back(0);
      ids_[place] = static_cast<std::int32_t>(i);
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::optional<std::int32_t> find(std::string_view token) const {
    const auto place = tokens_.find(token);
    return place ? std::optional{ids_[*place]} : std::nullopt;
  }

  /// Makes a token special. @return its number
  /// Throws: `invalid_argument` naming the role if it is empty or not in the vocabulary.
  std::int32_t add_special(const std::string& token, const char* role) {
    const auto id = find(token);
    if (!id || token.empty()) throw invalid_argument{role, "a token of the vocabulary", "'" + token + "'"};
    specials_.push_back({token, *id});
    return *id;
  }

  /// The tokens of a text between `begin` and `end`, at most `max_tokens`; `add_words(text, out)` appends
  /// those of a part without special tokens. Throws: `invalid_argument` if the text is not UTF-8.
  template <class AddWords>
  [[nodiscard]] std::vector<std::int32_t> encode(std::string_view text, std::int32_t begin, std::int32_t end,
                                                 AddWords&& add_words) const {
    if (!is_valid_utf8(text)) throw invalid_argument{"text", "UTF-8", "other bytes"};
    std::vector<std::int32_t> out{begin};
    const std::size_t limit = max_tokens_ - 1;  // without `end`
    while (!text.empty() && out.size() < limit) {
      const auto [at, found] = next_special(text);
      add_words(text.substr(0, at), out);
      if (found == nullptr) break;
      out.push_back(found->id);
      text.remove_prefix(at + found->text.size());
    }
    out.resize(std::min(out.size(), limit));
    out.push_back(end);
    return out;
  }

 private:
  struct special_token {
    std::string text;
    std::int32_t id;
  };

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

  std::size_t size_;
  std::size_t max_tokens_;
  string_index tokens_;
  std::vector<std::int32_t> ids_;
  std::vector<special_token> specials_;
};

}  // namespace mll::detail
