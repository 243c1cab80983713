// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_ICU
#include "mll/embed/sentences/text_tokenizer.hpp"

#include <doctest/doctest.h>

#include <string>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/embed/sentences/read_bpe_tokenizer.hpp"
#include "support/files.hpp"
#include "support/small_clip.hpp"

TEST_CASE("tokenizer.json, and vocab.json with merges.txt, are the same tokenizer") {
  const mll::detail::temporary_folder folder;
  const mll::test::small_clip clip;
  mll::test::write_file(folder.path() / "tokenizer.json", clip.json().dump());
  mll::test::write_file(folder.path() / "vocab.json", clip.vocabulary_json().dump());
  std::string merges = "#version: 0.2\n";
  for (const auto& [left, right] : clip.merges) merges += left + " " + right + "\n";
  mll::test::write_file(folder.path() / "merges.txt", merges);
  const auto expected = clip.ids({"a</w>", "photo</w>", "o", "f</w>", "a</w>", "cat</w>"});
  for (const char* name : {"tokenizer.json", "vocab.json"}) {
    const auto read = mll::text_tokenizer::read(folder.path() / name);
    CHECK(read.encode("a photo of a cat") == expected);
    CHECK(read.fixed_length() == 77);
    CHECK(read.padding_id() == clip.id("<|endoftext|>"));
    CHECK(read.vocabulary_size() == clip.vocabulary.size());
  }
  mll::test::write_file(folder.path() / "tokenizer_config.json",
                        R"({"model_max_length": 5, "pad_token": {"content": "!"}})");
  const auto configured = mll::read_bpe_tokenizer(folder.path() / "vocab.json");
  CHECK(configured.encode("x x x x x x").size() == 5);
  CHECK(configured.padding_id() == clip.id("!"));
  CHECK(mll::read_bpe_tokenizer(folder.path() / "vocab.json", 6).encode("x x x x x x").size() == 6);
}
#endif
