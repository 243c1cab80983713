// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <locale>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

// Boost 1.74 includes its Bind for its JSON parser and tells every program of that; this keeps it quiet.
#ifndef BOOST_BIND_GLOBAL_PLACEHOLDERS
#define BOOST_BIND_GLOBAL_PLACEHOLDERS
#include <boost/property_tree/json_parser.hpp>
#undef BOOST_BIND_GLOBAL_PLACEHOLDERS
#else
#include <boost/property_tree/json_parser.hpp>
#endif
#include <boost/property_tree/ptree.hpp>

#include "mll/core/error.hpp"
#include "mll/core/text/text_file.hpp"
#include "mll/embed/sentences/wordpiece_tokenizer.hpp"

namespace mll {

namespace detail {

/// How deep arrays and objects of a JSON text lie in each other.
[[nodiscard]] inline std::size_t json_depth(std::string_view text) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

}  // namespace detail

/// What a `tokenizer_config.json`, as it lies beside a model's `vocab.txt`, says of the tokenizer:
/// `do_lower_case`, `strip_accents`, `tokenize_chinese_chars`, `model_max_length`, and the tokens
/// `unk_token`, `cls_token`, `sep_token`, `pad_token` and `mask_token`, each a text or an object with a
/// `content`. What is absent or null stays as in `options`, and so does a `model_max_length` above theirs,
/// which stands for "no limit" in many files. Component `mll::icu`.
///
/// Throws: `parse_error` naming the file and what it should say. Complexity: linear in the file.
[[nodiscard]] inline wordpiece_options read_wordpiece_options(const std::filesystem::path& config,
                                                              wordpiece_options options = {}) {
  const detail::text_file file = detail::text_file::read(config);
  constexpr std::size_t deepest = 64;  // the parser calls itself for every level
  if (detail::json_depth(file.content) > deepest)
    throw parse_error{file.name, 0, "JSON of at most 64 levels", "more"};
  boost::property_tree::ptree tree;
  try {
    std::istringstream stream{file.content};
    boost::property_tree::read_json(stream, tree);
  } catch (const boost::property_tree::json_parser_error& failure) {
    throw parse_error{file.name, failure.line(), "JSON", failure.message()};
  }
  const auto said = [&](const char* key) -> std::optional<std::string> {
    const auto at = tree.find(key);
    if (at == tree.not_found()) return std::nullopt;
    const auto& value = at->second;
    if (!value.empty()) {
      const auto content = value.find("content");
      if (content == value.not_found() || !content->second.empty())
        throw parse_error{file.name, 0, std::string{key} + " to be one value", "an array or object"};
      return content->second.data();
    }
    if (value.data() == "null") return std::nullopt;
    return value.data();
  };
  const auto flag = [&](const char* key) -> std::optional<bool> {
    const auto value = said(key);
    if (!value) return std::nullopt;
    if (*value != "true" && *value != "false")
      throw parse_error{file.name, 0, std::string{key} + " to be true or false", detail::in_quotes(*value)};
    return *value == "true";
  };
  if (const auto value = flag("do_lower_case")) options.lower_case = *value;
  if (const auto value = flag("strip_accents")) options.strip_accents = *value;
  if (const auto value = flag("tokenize_chinese_chars")) options.split_ideographs = *value;
  if (const auto value = said("model_max_length")) {
    std::istringstream text{*value};  // integers of any length, and 1e30
    text.imbue(std::locale::classic());
    double length = 0;
    if (!(text >> length) || text.peek() != std::istringstream::traits_type::eof() || !(length >= 2))
      throw parse_error{file.name, 0, "model_max_length to be a number from 2", detail::in_quotes(*value)};
    if (length < static_cast<double>(options.max_tokens))
      options.max_tokens = static_cast<std::size_t>(length);
  }
  for (const auto& [key, token] : {std::pair{"unk_token", &options.unknown},
                                   {"cls_token", &options.begin},
                                   {"sep_token", &options.end},
                                   {"pad_token", &options.padding},
                                   {"mask_token", &options.mask}}) {
    if (auto value = said(key)) *token = std::move(*value);
  }
  return options;
}

}  // namespace mll
