// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_ICU
#include "mll/embed/sentences/read_tokenizer_file.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"

TEST_CASE("tokenizer.json and vocab.txt give the same tokenizer") {
  const mll::detail::temporary_folder folder;
  const auto json = folder.path() / "tokenizer.json";
  const auto lines = folder.path() / "vocab.txt";
  std::ofstream{lines} << "[PAD]\n[UNK]\n[CLS]\n[SEP]\nCat\n##s\ncat\n";
  const auto write = [&](const std::string& normalizer, const std::string& type) {
    std::ofstream{json} << R"({"normalizer": )" << normalizer
                        << R"(, "pre_tokenizer": {"type": "BertPreTokenizer"}, "model": {"type": ")" << type
                        << R"(", "unk_token": "[UNK]", "vocab": {"cat": 6, "[PAD]": 0, "[UNK]": 1,)"
                        << R"("[CLS]": 2, "[SEP]": 3, "Cat": 4, "##s": 5}}})";
  };
  write(R"({"type": "BertNormalizer", "lowercase": true})", "WordPiece");
  using tokens = std::vector<std::int32_t>;
  CHECK(mll::read_tokenizer_file(lines).encode("Cats dog") == tokens{2, 6, 5, 1, 3});
  CHECK(mll::read_tokenizer_file(json).encode("Cats dog") == tokens{2, 6, 5, 1, 3});
  CHECK(mll::read_tokenizer_file(json, 3).encode("Cats dog") == tokens{2, 6, 3});
  write(R"({"type": "BertNormalizer", "lowercase": false})", "WordPiece");
  CHECK(mll::read_tokenizer_file(json).encode("Cats") == tokens{2, 4, 5, 3});
  // The configuration beside a vocabulary.
  std::ofstream{folder.path() / "tokenizer_config.json"}
      << R"({"do_lower_case": false, "model_max_length": 3})";
  CHECK(mll::read_tokenizer_file(lines).encode("Cats") == tokens{2, 4, 3});
}

TEST_CASE("another kind of tokenizer.json is refused by name") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "tokenizer.json";
  const auto found = [&](const std::string& content) {
    std::ofstream{file} << content;
    try {
      static_cast<void>(mll::read_tokenizer_file(file));
    } catch (const mll::error& problem) {
      return std::string{problem.what()};
    }
    return std::string{"nothing was thrown"};
  };
  const std::string name = file.string() + ": expected ";
  CHECK(found(R"({"model": {"type": "BPE"}})") == name + "a model of type WordPiece, found 'BPE'");
  CHECK(found("{}") == name + "a tokenizer.json, with the key model, found a file without it");
  CHECK(found(R"({"model": {"type": "WordPiece", "vocab": {"a": 7}}})") ==
        name + "token numbers below 1, found 7");
  CHECK(found(R"({"model": {"type": "WordPiece"}})") ==
        name + "a vocab with tokens and their numbers, found none");
  CHECK(found(R"({"normalizer": {"type": "NFC"}, "model": {"type": "WordPiece", "vocab": {"a": 0}}})") ==
        name + "a normalizer of type BertNormalizer, found 'NFC'");
}
#endif
