// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A small tokenizer as CLIP's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "mll/embed/sentences/bpe_tokenizer.hpp"

namespace mll::test {

/// The bytes 0 to 255, alone and at the end of a word, merges, and CLIP's special tokens.
struct small_clip {
  std::vector<std::string> vocabulary;
  std::vector<bpe_merge> merges{{"p", "h"}, {"o", "t"},      {"ph", "ot"},  {"phot", "o</w>"},
                                {"c", "a"}, {"ca", "t</w>"}, {"a", "t</w>"}};
  small_clip() {
    for (const char* ending : {"", "</w>"}) {
      for (const auto& each : detail::characters_of_bytes()) vocabulary.push_back(each + ending);
    }
    for (const auto& [left, right] : merges) vocabulary.push_back(left + right);
    vocabulary.push_back("<|startoftext|>");
    vocabulary.push_back("<|endoftext|>");
  }
  [[nodiscard]] std::int32_t id(const std::string& token) const {
    for (std::size_t i = 0; i < vocabulary.size(); ++i) {
      if (vocabulary[i] == token) return static_cast<std::int32_t>(i);
    }
    return -1;
  }
  [[nodiscard]] std::vector<std::int32_t> ids(const std::vector<std::string>& tokens) const {
    std::vector<std::int32_t> out{id("<|startoftext|>")};
    for (const auto& each : tokens) out.push_back(id(each));
    out.push_back(id("<|endoftext|>"));
    return out;
  }
  [[nodiscard]] bpe_tokenizer tokenizer(bpe_options options = {}) const {
    return {vocabulary, merges, std::move(options)};
  }
  [[nodiscard]] nlohmann::json vocabulary_json() const {
    nlohmann::json out;
    for (std::size_t i = 0; i < vocabulary.size(); ++i) out[vocabulary[i]] = i;
    return out;
  }
  /// As Hugging Face writes it.
  [[nodiscard]] nlohmann::json json() const {
    nlohmann::json pairs = nlohmann::json::array();
    for (const auto& [left, right] : merges) pairs.push_back(left + " " + right);
    return {{"normalizer",
             {{"type", "Sequence"},
              {"normalizers", {{{"type", "NFC"}}, {{"type", "Replace"}}, {{"type", "Lowercase"}}}}}},
            {"pre_tokenizer",
             {{"type", "Sequence"}, {"pretokenizers", {{{"type", "Split"}}, {{"type", "ByteLevel"}}}}}},
            {"post_processor",
             {{"type", "RobertaProcessing"},
              {"cls", {"<|startoftext|>", id("<|startoftext|>")}},
              {"sep", {"<|endoftext|>", id("<|endoftext|>")}}}},
            {"model",
             {{"type", "BPE"},
              {"unk_token", "<|endoftext|>"},
              {"continuing_subword_prefix", ""},
              {"end_of_word_suffix", "</w>"},
              {"vocab", vocabulary_json()},
              {"merges", pairs}}}};
  }
};

template <class Work>
std::string what_of(const Work& work) {
  try {
    work();
  } catch (const error& problem) {
    return problem.what();
  }
  return "";
}

}  // namespace mll::test
