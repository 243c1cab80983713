// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include <doctest/doctest.h>
#if MLL_TEST_ICU
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/embed/sentences/read_wordpiece_tokenizer.hpp"

TEST_CASE("read_wordpiece_tokenizer numbers tokens by their line, from 0") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "vocab.txt";
  std::ofstream{file} << "[PAD]\n[UNK] \r\n[CLS]\n[SEP]\n\nein\n##horn";
  const auto tokenizer = mll::read_wordpiece_tokenizer(file);
  CHECK(tokenizer.vocabulary_size() == 7);
  CHECK(tokenizer.encode("Einhorn nein") == std::vector<std::int32_t>{2, 5, 6, 1, 3});
  std::ofstream{folder.path() / "marked.txt"}
      << "\xEF\xBB\xBF[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\n\r\nein\r\n##horn\r\n\r\n";
  const auto marked = mll::read_wordpiece_tokenizer(folder.path() / "marked.txt");
  CHECK(marked.vocabulary_size() == 7);
  CHECK(marked.padding_id() == 0);
  CHECK(marked.encode("Einhorn") == std::vector<std::int32_t>{2, 5, 6, 3});
  CHECK(mll::read_wordpiece_tokenizer(file, {.lower_case = false}).encode("Einhorn") ==
        std::vector<std::int32_t>{2, 1, 3});
}

TEST_CASE("read_wordpiece_tokenizer rejects a file that is not a vocabulary") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "vocab.txt";
  const auto refuses = [&](const std::string& message) {
    CHECK_THROWS_WITH_AS((void)mll::read_wordpiece_tokenizer(file), message.c_str(), mll::error);
  };
  refuses(file.string() + ": expected a readable file, found No such file or directory");
  std::ofstream{file} << "";
  refuses(file.string() + ": expected tokens, one per line, found an empty file");
  std::ofstream{file} << "[PAD]\nb\xFF\n";
  refuses(file.string() + ":2: expected UTF-8, found the bytes 'b\\xFF'");
  std::ofstream{file} << "[PAD]\n[CLS]\n";
  refuses("unknown: expected a token of the vocabulary, found '[UNK]'");
}
#endif
