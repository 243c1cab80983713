// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// A vocabulary of word pieces, and a text to split, which is read as a tokenizer configuration as well.

#include <cstddef>
#include <cstdint>

#include "mll/embed/sentences/read_wordpiece_options.hpp"
#include "mll/embed/sentences/read_wordpiece_tokenizer.hpp"
#include "support/fuzz_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parts = mll::test::fuzz_parts(data, size, 2);
  const auto file = mll::test::fuzz_folder() / "vocab.txt";
  mll::test::write_file(file, parts[0]);
  const auto config = mll::test::fuzz_folder() / "tokenizer_config.json";
  mll::test::write_file(config, parts[1]);
  try {
    const auto options = mll::read_wordpiece_options(config);
    mll::test::must_hold(options.max_tokens >= 2 && options.max_tokens <= 512, "max_tokens is in range");
  } catch (const mll::error&) {
  }
  for (const bool lower_case : {true, false}) {
    try {
      const auto tokenizer =
          mll::read_wordpiece_tokenizer(file, {.lower_case = lower_case, .max_tokens = 64});
      const auto tokens = tokenizer.encode(parts[1]);
      mll::test::must_hold(tokens.size() >= 2 && tokens.size() <= 64, "a text has at most max_tokens tokens");
      mll::test::must_hold(
          tokens.front() == tokenizer.find("[CLS]") && tokens.back() == tokenizer.find("[SEP]"),
          "a text begins with [CLS] and ends with [SEP]");
      for (const auto token : tokens) {
        mll::test::must_hold(token >= 0 && static_cast<std::size_t>(token) < tokenizer.vocabulary_size(),
                             "a token is in the vocabulary");
      }
    } catch (const mll::error&) {
      return 0;
    }
  }
  return 0;
}
