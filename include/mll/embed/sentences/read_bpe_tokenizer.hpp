// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/text/json_file.hpp"
#include "mll/core/text/text_file.hpp"
#include "mll/embed/sentences/bpe_tokenizer.hpp"

namespace mll {

namespace detail {

/// The tokens of a vocabulary, by number.
/// Throws: `parse_error` unless it is an object of different numbers from 0.
[[nodiscard]] inline std::vector<std::string> read_bpe_vocabulary(const std::string& file,
                                                                  const nlohmann::json& tree) {
  if (!tree.is_object() || tree.empty())
    throw parse_error{file, 0, "a vocabulary of tokens and their numbers", "none"};
  std::vector<std::string> out(tree.size());
  for (const auto& [token, number] : tree.items()) {
    const bool good = number.is_number_unsigned() && number.get<std::uint64_t>() < out.size() &&
                      out[number.get<std::size_t>()].empty();
    if (!good)
      throw parse_error{
          file, 0, "different token numbers below " + std::to_string(out.size()),
          in_quotes(token) + ": " + (number.is_structured() ? number.type_name() : number.dump())};
    out[number.get<std::size_t>()] = token;
  }
  return out;
}

/// A merge as text: `LEFT RIGHT`.
[[nodiscard]] inline bpe_merge parse_bpe_merge(const std::string& file, std::size_t line,
                                               std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == 0 || space == std::string_view::npos || space + 1 == text.size() ||
      text.find(' ', space + 1) != std::string_view::npos)
    throw parse_error{file, line, "a merge of two pieces", in_quotes(text)};
  return {std::string{text.substr(0, space)}, std::string{text.substr(space + 1)}};
}

/// Every `type` in a part of a `tokenizer.json`, with those of the parts of a sequence.
inline void collect_types(const nlohmann::json& part, std::vector<std::string>& out) {
  if (!part.is_object()) return;
  const auto type = part.find("type");
  if (type != part.end() && type->is_string() && *type != "Sequence") out.push_back(type->get<std::string>());
  for (const char* list : {"normalizers", "pretokenizers"}) {
    const auto at = part.find(list);
    if (at == part.end() || !at->is_array()) continue;
    for (const auto& each : *at) {
      if (each.is_object() && each.value("type", nlohmann::json{}) != "Sequence") collect_types(each, out);
    }
  }
}

/// The content of a special token: text, or an object with `content`; empty if it is neither.
[[nodiscard]] inline std::string token_content(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  const auto at = value.is_object() ? value.find("content") : value.end();
  return value.is_object() && at != value.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

/// Takes from a `tokenizer_config.json` the special tokens and `model_max_length`.
inline void read_bpe_config(const std::filesystem::path& path, bpe_options& options) {
  const auto tree = parse_json_object(text_file::read(path));
  const auto take = [&](std::initializer_list<const char*> keys, std::string& to) {
    for (const char* key : keys) {
      const auto at = tree.find(key);
      if (at == tree.end()) continue;
      if (auto text = token_content(*at); !text.empty()) {
        to = std::move(text);
        return;
      }
    }
  };
  take({"cls_token", "bos_token"}, options.begin);
  take({"sep_token", "eos_token"}, options.end);
  take({"pad_token"}, options.padding);
  take({"unk_token"}, options.unknown);
  const auto length = tree.find("model_max_length");
  if (length != tree.end() && length->is_number() && length->get<double>() >= 2 &&
      length->get<double>() < static_cast<double>(options.max_tokens))
    options.max_tokens = length->get<std::size_t>();
}

/// The tokenizer of a `tokenizer.json` whose model is `BPE`.
[[nodiscard]] inline bpe_tokenizer read_bpe_json(const text_file& file, const nlohmann::json& tree,
                                                 std::size_t max_tokens) {
  const auto refuse = [&](const std::string& expected, const std::string& found) {
    throw parse_error{file.name, 0, expected, found};
  };
  const nlohmann::json none;
  const auto part = [&](const nlohmann::json& of, const char* key) -> const nlohmann::json& {
    const auto at = of.is_object() ? of.find(key) : of.end();
    return of.is_object() && at != of.end() ? *at : none;
  };
  const nlohmann::json& model = part(tree, "model");
  bpe_options options;
  const nlohmann::json& suffix = part(model, "end_of_word_suffix");
  const bool is_clip = suffix == "</w>";
  if (!is_clip && !suffix.is_null() && suffix != "")
    refuse("the end_of_word_suffix </w>, or none", token_content(suffix));
  for (const char* key : {"continuing_subword_prefix", "dropout"}) {
    if (const auto& value = part(model, key); !value.is_null() && value != "")
      refuse(std::string{"a model without "} + key, value.is_structured() ? value.type_name() : value.dump());
  }
  if (part(model, "byte_fallback") == true || part(model, "ignore_merges") == true)
    refuse("a byte-level model", "one with byte_fallback or ignore_merges");
  std::vector<std::string> normalizers;
  std::vector<std::string> splitters;
  collect_types(part(tree, "normalizer"), normalizers);
  collect_types(part(tree, "pre_tokenizer"), splitters);
  const auto listed = [](const std::vector<std::string>& all) {
    std::string out;
    for (const auto& each : all) out += (out.empty() ? "" : ", ") + each;
    return out.empty() ? std::string{"none"} : out;
  };
  const std::vector<std::string> wanted =
      is_clip ? std::vector<std::string>{"NFC", "Replace", "Lowercase"} : std::vector<std::string>{};
  if (normalizers != wanted) refuse("the normalizer " + listed(wanted), listed(normalizers));
  if (splitters !=
      (is_clip ? std::vector<std::string>{"Split", "ByteLevel"} : std::vector<std::string>{"ByteLevel"}))
    refuse(is_clip ? "the pre_tokenizer Split, ByteLevel" : "the pre_tokenizer ByteLevel", listed(splitters));
  if (!is_clip) {
    options = {.words = bpe_words::gpt2,
               .max_tokens = 512,
               .adds_space = part(part(tree, "pre_tokenizer"), "add_prefix_space") == true,
               .unknown = "<unk>",
               .begin = "<s>",
               .end = "</s>",
               .padding = "<pad>"};
  }
  auto tokens = read_bpe_vocabulary(file.name, part(model, "vocab"));
  for (const auto& each : part(tree, "added_tokens")) {
    // Special tokens may follow the vocabulary.
    if (part(each, "id") == tokens.size()) tokens.push_back(token_content(each));
  }
  const std::filesystem::path config =
      std::filesystem::path{file.name}.parent_path() / "tokenizer_config.json";
  std::error_code unknown;
  if (std::filesystem::exists(config, unknown)) read_bpe_config(config, options);
  const nlohmann::json& frame = part(tree, "post_processor");
  if (const auto& begin = part(frame, "cls"); begin.is_array() && !begin.empty())
    options.begin = token_content(begin.front());
  if (const auto& end = part(frame, "sep"); end.is_array() && !end.empty())
    options.end = token_content(end.front());
  if (auto text = token_content(part(model, "unk_token")); !text.empty()) options.unknown = std::move(text);
  if (auto text = token_content(part(part(tree, "padding"), "pad_token")); !text.empty())
    options.padding = std::move(text);
  // (GPT-2 has none; every byte is in its vocabulary.)
  const bool knows_unknown = std::find(tokens.begin(), tokens.end(), options.unknown) != tokens.end();
  if (!knows_unknown) options.unknown = options.end;
  for (const auto& each : part(tree, "added_tokens")) {
    const auto text = token_content(each);
    if (part(each, "special") == true && std::find(tokens.begin(), tokens.end(), text) != tokens.end())
      options.special.push_back(text);
  }
  std::vector<bpe_merge> merges;
  for (const auto& each : part(model, "merges")) {
    if (each.is_string()) {
      merges.push_back(parse_bpe_merge(file.name, 0, each.get_ref<const std::string&>()));
    } else if (each.is_array() && each.size() == 2 && each[0].is_string() && each[1].is_string()) {
      merges.emplace_back(each[0].get<std::string>(), each[1].get<std::string>());
    } else {
      refuse("merges of two pieces", std::string{"an "} + each.type_name());
    }
  }
  if (max_tokens != 0) options.max_tokens = max_tokens;
  return bpe_tokenizer{tokens, merges, std::move(options)};
}

}  // namespace detail

/// Reads a byte-level tokenizer: a `tokenizer.json`, or CLIP's `vocab.json` with `merges.txt` beside it; and
/// the special tokens of `tokenizer_config.json`, if that is there. Component `mll::icu`.
/// @param[in] max_tokens per text; 0: as the configuration says, at most 77 (CLIP) or 512
///
/// Throws: `parse_error` naming the file for a missing file or another kind of tokenizer; `invalid_argument`
/// naming a special token that is missing. Complexity: linear in the files.
[[nodiscard]] inline bpe_tokenizer read_bpe_tokenizer(const std::filesystem::path& path,
                                                      std::size_t max_tokens = 0) {
  const auto file = detail::text_file::read(path);
  const auto tree = detail::parse_json_object(file);
  if (tree.contains("model")) return detail::read_bpe_json(file, tree, max_tokens);
  bpe_options options;
  const auto tokens = detail::read_bpe_vocabulary(file.name, tree);
  const auto merges_file = detail::text_file::read(path.parent_path() / "merges.txt");
  std::vector<bpe_merge> merges;
  std::string_view left = merges_file.content;
  for (std::size_t line = 1; !left.empty(); ++line) {
    const std::string_view text = detail::take_line(left);
    if (text.empty() || (line == 1 && text.starts_with("#version"))) continue;
    merges.push_back(detail::parse_bpe_merge(merges_file.name, line, text));
  }
  const bool is_clip =
      std::any_of(tokens.begin(), tokens.end(), [](const auto& each) { return each.ends_with("</w>"); });
  if (!is_clip) {
    options = {.words = bpe_words::gpt2,
               .max_tokens = 512,
               .unknown = "<unk>",
               .begin = "<s>",
               .end = "</s>",
               .padding = "<pad>"};
  }
  const auto config = path.parent_path() / "tokenizer_config.json";
  std::error_code unknown;
  if (std::filesystem::exists(config, unknown)) detail::read_bpe_config(config, options);
  if (max_tokens != 0) options.max_tokens = max_tokens;
  return bpe_tokenizer{tokens, merges, std::move(options)};
}

}  // namespace mll
