// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "mll/core/error.hpp"
#include "mll/core/text/json_file.hpp"
#include "mll/core/text/text_file.hpp"
#include "mll/embed/sentences/wordpiece_tokenizer.hpp"

namespace mll {

namespace detail {

/// Whether tokenizers of a class of Hugging Face's library split texts as BERT's do.
[[nodiscard]] inline bool is_wordpiece_class(std::string_view name) {
  if (name.ends_with("Fast")) name.remove_suffix(4);
  if (!name.ends_with("Tokenizer")) return false;
  name.remove_suffix(9);
  for (const std::string_view known :
       {"Bert", "DistilBert", "Electra", "MobileBert", "MPNet", "ConvBert", "LayoutLM", "Lxmert", "Funnel",
        "SqueezeBert", "RetriBert", "VisualBert", "DPRContextEncoder", "DPRQuestionEncoder", "DPRReader"}) {
    if (name == known) return true;
  }
  return false;
}

/// Throws: `parse_error` if a configuration is of another kind of tokenizer, or asks for what
/// `wordpiece_tokenizer` does not do.
inline void require_wordpiece(const text_file& file, const nlohmann::json& tree) {
  const auto refuse = [&](const std::string& expected, const std::string& found) {
    throw parse_error{file.name, 0, expected, found};
  };
  for (const char* key : {"model", "normalizer", "pre_tokenizer", "post_processor", "decoder"}) {
    if (tree.contains(key))
      refuse("a tokenizer_config.json", std::string{"a tokenizer.json, with the key "} + key);
  }
  for (const char* key : {"sp_model_kwargs", "add_prefix_space", "trim_offsets"}) {
    const auto at = tree.find(key);
    if (at == tree.end() || at->is_null() || *at == false) continue;
    refuse("a configuration of word pieces",
           std::string{"the option "} + key + " of another kind of tokenizer");
  }
  if (const auto at = tree.find("tokenizer_class"); at != tree.end() && at->is_string()) {
    const auto name = at->get<std::string>();
    if (!is_wordpiece_class(name))
      refuse("a tokenizer_class of word pieces, such as BertTokenizer", in_quotes(name));
  }
  const auto require_default = [&](const char* key, const nlohmann::json& value) {
    const auto at = tree.find(key);
    if (at == tree.end() || at->is_null() || *at == value) return;
    refuse(std::string{key} + " to be " + value.dump(),
           at->is_structured() ? std::string{"an "} + at->type_name() : at->dump());
  };
  require_default("do_basic_tokenize", true);
  require_default("clean_text", true);
  require_default("never_split", nlohmann::json::array());
  require_default("wordpieces_prefix", "##");
}

}  // namespace detail

/// Reads the options of a tokenizer from the `tokenizer_config.json` of a model: `do_lower_case`,
/// `strip_accents`, `tokenize_chinese_chars`, `model_max_length`, and the tokens `unk_token`, `cls_token`,
/// `sep_token`, `pad_token` and `mask_token`, each a text or an object with a `content`. Absent and null
/// values stay as in `options`, as does a larger `model_max_length`, which means "no limit" in many files.
/// A configuration of another kind of tokenizer is refused, not half read: another `tokenizer_class`, a
/// `tokenizer.json`, and options that `wordpiece_tokenizer` does not have.
/// Component `mll::icu`.
///
/// Throws: `parse_error` naming the file and the expected value. Complexity: linear in the file.
[[nodiscard]] inline wordpiece_options read_wordpiece_options(const std::filesystem::path& config,
                                                              wordpiece_options options = {}) {
  const detail::text_file file = detail::text_file::read(config);
  const nlohmann::json tree = detail::parse_json_object(file);
  detail::require_wordpiece(file, tree);
  const auto fail = [&](const std::string& expected, const nlohmann::json& found) {
    // (Nested values may be nested deeply, and writing them is recursive.)
    throw parse_error{file.name, 0, expected,
                      found.is_structured() ? std::string{"an "} + found.type_name() : found.dump()};
  };
  // Calls `take` with a value that is neither absent nor null.
  const auto read = [&](const char* key, const auto& take) {
    const auto at = tree.find(key);
    if (at != tree.end() && !at->is_null()) take(*at);
  };
  const auto read_flag = [&](const char* key, auto& out) {
    read(key, [&](const nlohmann::json& value) {
      if (!value.is_boolean()) fail(std::string{key} + " to be true or false", value);
      out = value.get<bool>();
    });
  };
  read_flag("do_lower_case", options.lower_case);
  read_flag("strip_accents", options.strip_accents);
  read_flag("tokenize_chinese_chars", options.split_ideographs);
  read("model_max_length", [&](const nlohmann::json& value) {
    if (!value.is_number() || !(value.get<double>() >= 2))
      fail("model_max_length to be a number of at least 2", value);
    if (value.get<double>() < static_cast<double>(options.max_tokens))
      options.max_tokens = value.get<std::size_t>();
  });
  for (const auto& [key, token] : {std::pair{"unk_token", &options.unknown},
                                   {"cls_token", &options.begin},
                                   {"sep_token", &options.end},
                                   {"pad_token", &options.padding},
                                   {"mask_token", &options.mask}}) {
    read(key, [&, name = key, out = token](const nlohmann::json& value) {
      const bool wrapped = value.is_object() && value.contains("content");
      const nlohmann::json& content = wrapped ? value.at("content") : value;
      if (!content.is_string())
        fail(std::string{name} + " to be text, or an object with text as content", value);
      *out = content.get<std::string>();
    });
  }
  return options;
}

}  // namespace mll
