// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/text/text_file.hpp"
#include "mll/embed/sentences/read_wordpiece_options.hpp"
#include "mll/embed/sentences/read_wordpiece_tokenizer.hpp"
#include "mll/embed/sentences/wordpiece_tokenizer.hpp"

namespace mll {

namespace detail {

/// The tokenizer in a `tokenizer.json` of Hugging Face's library.
/// Throws: `parse_error` if it is not one of word pieces, or its parts are not those of BERT.
[[nodiscard]] inline wordpiece_tokenizer read_tokenizer_json(const text_file& file,
                                                             wordpiece_options options) {
  const nlohmann::json tree = parse_json_object(file);
  const auto refuse = [&](const std::string& expected, const std::string& found) {
    throw parse_error{file.name, 0, expected, found};
  };
  // A member that is an object of one of some types; null if it is absent.
  const auto part = [&](const char* key, std::initializer_list<const char*> types) -> const nlohmann::json* {
    const auto at = tree.find(key);
    if (at == tree.end() || at->is_null()) return nullptr;
    const auto type = at->is_object() ? at->value("type", nlohmann::json{}) : nlohmann::json{};
    if (std::none_of(types.begin(), types.end(), [&](const char* each) { return type == each; }))
      refuse(std::string{"a "} + key + " of type " + *types.begin(),
             type.is_string() ? in_quotes(type.get<std::string>()) : "no type");
    return &*at;
  };
  const auto flag = [](const nlohmann::json& in, const char* key, auto& out) {
    const auto at = in.find(key);
    if (at != in.end() && at->is_boolean()) out = at->template get<bool>();
  };
  const nlohmann::json* model = part("model", {"WordPiece"});
  if (model == nullptr) refuse("a tokenizer.json, with the key model", "a file without it");
  if (const auto* normalizer = part("normalizer", {"BertNormalizer"})) {
    flag(*normalizer, "lowercase", options.lower_case);
    flag(*normalizer, "strip_accents", options.strip_accents);
    flag(*normalizer, "handle_chinese_chars", options.split_ideographs);
  } else {
    options.lower_case = false;
  }
  part("pre_tokenizer", {"BertPreTokenizer"});
  part("post_processor", {"TemplateProcessing", "BertProcessing"});
  const auto vocabulary = model->find("vocab");
  if (vocabulary == model->end() || !vocabulary->is_object() || vocabulary->empty())
    refuse("a vocab with tokens and their numbers", "none");
  if (const auto at = model->find("unk_token"); at != model->end() && at->is_string())
    options.unknown = at->get<std::string>();
  if (const auto at = tree.find("padding"); at != tree.end() && at->is_object()) {
    if (const auto token = at->find("pad_token"); token != at->end() && token->is_string())
      options.padding = token->get<std::string>();
  }
  std::vector<std::string> tokens(vocabulary->size());
  for (const auto& [token, number] : vocabulary->items()) {
    if (!number.is_number_unsigned() || number.get<std::uint64_t>() >= tokens.size())
      refuse("token numbers below " + std::to_string(tokens.size()), number.dump());
    tokens[number.get<std::size_t>()] = token;
  }
  return wordpiece_tokenizer{tokens, std::move(options)};
}

}  // namespace detail

/// Reads a tokenizer of word pieces: a `tokenizer.json`, or a `vocab.txt` with the `tokenizer_config.json`
/// beside it, if there is one. Component `mll::icu`.
/// @param[in] max_tokens per text; 0: as the configuration says, else 512
///
/// Throws: `parse_error` naming the file for a missing file or another kind of tokenizer; `invalid_argument`
/// naming a special token that is missing. Complexity: linear in the files.
[[nodiscard]] inline wordpiece_tokenizer read_tokenizer_file(const std::filesystem::path& file,
                                                             std::size_t max_tokens = 0) {
  wordpiece_options options;
  const auto config = file.parent_path() / "tokenizer_config.json";
  std::error_code unknown;
  if (std::filesystem::exists(config, unknown)) options = read_wordpiece_options(config, options);
  if (max_tokens != 0) options.max_tokens = max_tokens;
  if (file.extension() != ".json") return read_wordpiece_tokenizer(file, std::move(options));
  return detail::read_tokenizer_json(detail::text_file::read(file), std::move(options));
}

}  // namespace mll
