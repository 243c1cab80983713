// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include <doctest/doctest.h>
#if MLL_TEST_ICU
#include <fstream>
#include <string>
#include <utility>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/embed/sentences/read_wordpiece_options.hpp"

namespace {

mll::wordpiece_options read(const std::string& config, mll::wordpiece_options options = {}) {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "tokenizer_config.json";
  std::ofstream{file} << config;
  return mll::read_wordpiece_options(file, std::move(options));
}

}  // namespace

TEST_CASE("read_wordpiece_options reads a tokenizer configuration") {
  const auto cased = read(R"({"do_lower_case": false, "strip_accents": true, "tokenize_chinese_chars": false,
    "model_max_length": 128, "tokenizer_class": "BertTokenizer", "never_split": null,
    "unk_token": "<unk>", "cls_token": {"__type": "AddedToken", "content": "<s>", "lstrip": false},
    "sep_token": "\u003c/s\u003e", "pad_token": "<pad>", "mask_token": {"content": "<mask>"}})");
  CHECK_FALSE(cased.lower_case);
  CHECK(cased.strip_accents == true);
  CHECK_FALSE(cased.split_ideographs);
  CHECK(cased.max_tokens == 128);
  CHECK(cased.unknown == "<unk>");
  CHECK(cased.begin == "<s>");
  CHECK(cased.end == "</s>");
  CHECK(cased.padding == "<pad>");
  CHECK(cased.mask == "<mask>");
}

TEST_CASE("read_wordpiece_options keeps options that the configuration leaves open") {
  const mll::wordpiece_options asked{.lower_case = false, .max_tokens = 64, .unknown = "?"};
  for (const char* config : {"{}", R"({"strip_accents": null, "do_lower_case": null})",
                             R"({"model_max_length": 1000000000000000019884624838656})",
                             R"({"model_max_length": 1e30})", R"({"model_max_length": 512})"}) {
    CAPTURE(config);
    const auto options = read(config, asked);
    CHECK_FALSE(options.lower_case);
    CHECK_FALSE(options.strip_accents.has_value());
    CHECK(options.split_ideographs);
    CHECK(options.max_tokens == 64);
    CHECK(options.unknown == "?");
  }
}

TEST_CASE("read_wordpiece_options reports invalid configurations") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "tokenizer_config.json";
  const auto refuses = [&](const std::string& message) {
    CHECK_THROWS_WITH_AS((void)mll::read_wordpiece_options(file), (file.string() + message).c_str(),
                         mll::parse_error);
  };
  refuses(": expected a readable file, found No such file or directory");
  const auto with = [&](const std::string& config) { std::ofstream{file} << config; };
  with(R"({"do_lower_case": "yes"})");
  refuses(": expected do_lower_case to be true or false, found \"yes\"");
  with(R"({"model_max_length": 1})");
  refuses(": expected model_max_length to be a number of at least 2, found 1");
  with(R"({"model_max_length": "12 words"})");
  refuses(": expected model_max_length to be a number of at least 2, found \"12 words\"");
  with(R"({"unk_token": ["a", "b"]})");
  refuses(": expected unk_token to be text, or an object with text as content, found an array");
  with(R"({"unk_token": {"content": 3}})");
  refuses(": expected unk_token to be text, or an object with text as content, found an object");
  with(R"({"model_max_length": 1e999})");
  CHECK_THROWS_AS((void)mll::read_wordpiece_options(file), mll::parse_error);
  with("[1, 2]");
  refuses(": expected a JSON object, found array");
  with(std::string(100'000, '['));
  CHECK_THROWS_AS((void)mll::read_wordpiece_options(file), mll::parse_error);
  with(R"({"unused": )" + std::string(100'000, '[') + std::string(100'000, ']') + "}");
  CHECK(mll::read_wordpiece_options(file).lower_case);  // deep nesting overflows no stack
  with("{\n\"do_lower_case\" true}");
  try {
    (void)mll::read_wordpiece_options(file);
    FAIL("expected a parse_error");
  } catch (const mll::parse_error& failure) {
    CHECK(std::string{failure.what()}.starts_with(file.string() + ":2: expected JSON, found "));
  }
  with("");
  CHECK_THROWS_AS((void)mll::read_wordpiece_options(file), mll::parse_error);
}
TEST_CASE("read_wordpiece_options refuses configurations of other tokenizers") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "tokenizer_config.json";
  const auto refuses = [&](const std::string& config, const std::string& message) {
    std::ofstream{file} << config;
    CHECK_THROWS_WITH_AS((void)mll::read_wordpiece_options(file), (file.string() + message).c_str(),
                         mll::parse_error);
  };
  refuses(R"({"version": "1.0", "model": {"type": "BPE"}})",
          ": expected a tokenizer_config.json, found a tokenizer.json, with the key model");
  refuses(R"({"normalizer": {"type": "BertNormalizer", "lowercase": false}})",
          ": expected a tokenizer_config.json, found a tokenizer.json, with the key normalizer");
  for (const char* other : {"RobertaTokenizer", "CLIPTokenizerFast", "XLMRobertaTokenizer", "T5Tokenizer",
                            "BertJapaneseTokenizer", "PreTrainedTokenizerFast", "Bert"}) {
    CAPTURE(other);
    refuses(R"({"do_lower_case": true, "tokenizer_class": ")" + std::string{other} + "\"}",
            ": expected a tokenizer_class of word pieces, such as BertTokenizer, found '" +
                std::string{other} + "'");
  }
  refuses(R"({"sp_model_kwargs": {}})",
          ": expected a configuration of word pieces, found the option sp_model_kwargs of another kind of "
          "tokenizer");
  refuses(R"({"add_prefix_space": true})",
          ": expected a configuration of word pieces, found the option add_prefix_space of another kind of "
          "tokenizer");
  refuses(R"({"do_basic_tokenize": false})", ": expected do_basic_tokenize to be true, found false");
  refuses(R"({"never_split": ["cat"]})", ": expected never_split to be [], found an array");
  refuses("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n",
          ": expected the content of the file (git lfs pull), found a pointer of git-lfs");
  for (const char* same : {"BertTokenizer", "BertTokenizerFast", "DistilBertTokenizer", "MPNetTokenizer",
                           "ElectraTokenizerFast"}) {
    std::ofstream{file} << R"({"clean_text": true, "add_prefix_space": false, "tokenizer_class": ")" << same
                        << "\"}";
    CHECK(mll::read_wordpiece_options(file).lower_case);
  }
}
#endif
