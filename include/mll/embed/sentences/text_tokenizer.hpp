// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "mll/core/text/json_file.hpp"
#include "mll/core/text/text_file.hpp"
#include "mll/embed/sentences/bpe_tokenizer.hpp"
#include "mll/embed/sentences/read_bpe_tokenizer.hpp"
#include "mll/embed/sentences/read_tokenizer_file.hpp"
#include "mll/embed/sentences/wordpiece_tokenizer.hpp"

namespace mll {

/// The tokenizer of a network that reads texts: word pieces (BERT) or byte pairs (CLIP, RoBERTa). Component
/// `mll::icu`.
class text_tokenizer {
 public:
  text_tokenizer(wordpiece_tokenizer pieces) : self_{std::move(pieces)} {}
  text_tokenizer(bpe_tokenizer pairs) : self_{std::move(pairs)} {}

  /// As `encode` of the tokenizer.
  [[nodiscard]] std::vector<std::int32_t> encode(std::string_view text) const {
    return std::visit([&](const auto& each) { return each.encode(text); }, self_);
  }
  /// The token that pads shorter texts of a batch.
  [[nodiscard]] std::int32_t padding_id() const {
    return std::visit([](const auto& each) { return each.padding_id(); }, self_);
  }
  [[nodiscard]] std::size_t vocabulary_size() const {
    return std::visit([](const auto& each) { return each.vocabulary_size(); }, self_);
  }
  /// The number of tokens that every text is padded to: that of CLIP, whose text encoders know no other; 0 if
  /// texts are padded to the longest of their batch.
  [[nodiscard]] std::size_t fixed_length() const {
    const auto* pairs = std::get_if<bpe_tokenizer>(&self_);
    return pairs != nullptr && pairs->options().words == bpe_words::clip ? pairs->options().max_tokens : 0;
  }

  /// Reads a `tokenizer.json`, a `vocab.json` (with `merges.txt`) or a `vocab.txt`.
  /// @param[in] max_tokens per text; 0: as the files say
  /// Throws: as `read_bpe_tokenizer` and `read_tokenizer_file`.
  [[nodiscard]] static text_tokenizer read(const std::filesystem::path& file, std::size_t max_tokens = 0) {
    if (file.extension() != ".json") return read_tokenizer_file(file, max_tokens);
    if (file.filename() == "vocab.json") return read_bpe_tokenizer(file, max_tokens);
    const auto tree = detail::parse_json_object(detail::text_file::read(file));
    const auto model = tree.find("model");
    const bool is_bpe =
        model != tree.end() && model->is_object() && model->value("type", nlohmann::json{}) == "BPE";
    if (is_bpe) return read_bpe_tokenizer(file, max_tokens);
    return read_tokenizer_file(file, max_tokens);
  }

 private:
  std::variant<wordpiece_tokenizer, bpe_tokenizer> self_;
};

}  // namespace mll
