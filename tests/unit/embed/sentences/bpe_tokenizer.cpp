// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_ICU
#include "mll/embed/sentences/bpe_tokenizer.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/small_clip.hpp"

TEST_CASE("CLIP's words: lower case, contractions, single digits, runs of other characters") {
  const mll::test::small_clip clip;
  const auto pairs = clip.tokenizer();
  CHECK(pairs.encode("") == clip.ids({}));
  CHECK(pairs.encode("A  Photo") == clip.ids({"a</w>", "photo</w>"}));
  CHECK(pairs.encode("cat's 12!?") == clip.ids({"cat</w>", "'", "s</w>", "1</w>", "2</w>", "!", "?</w>"}));
  CHECK(pairs.encode("x's") == clip.ids({"x</w>", "'", "s</w>"}));
  CHECK(pairs.encode("!'s") == clip.ids({"!", "'</w>", "s</w>"}));  // the run of others is longer
  CHECK(pairs.encode("cat<|endoftext|>at") == clip.ids({"cat</w>", "<|endoftext|>", "at</w>"}));
}

TEST_CASE("the best merge comes first, then the leftmost") {
  const mll::test::small_clip clip;
  // "c a" ranks before "a t</w>": cat is one token, but "aat" is not.
  CHECK(clip.tokenizer().encode("cat aat") == clip.ids({"cat</w>", "a", "at</w>"}));
  CHECK(clip.tokenizer().encode("phphot") == clip.ids({"ph", "ph", "o", "t</w>"}));
}

TEST_CASE("texts are composed and their bytes are tokens") {
  const mll::test::small_clip clip;
  const auto pairs = clip.tokenizer();
  const auto& bytes = mll::detail::characters_of_bytes();
  const auto composed = clip.ids({bytes[0xC3], bytes[0xA9] + "</w>"});
  CHECK(pairs.encode("\xC3\xA9") == composed);   // e acute
  CHECK(pairs.encode("e\xCC\x81") == composed);  // e and acute
  CHECK(pairs.encode("\xC3\x89") == composed);   // upper case
  CHECK(pairs.encode("\xE2\x80\x83"
                     "a") == clip.ids({"a</w>"}));  // em space
  CHECK(mll::test::what_of([&] { static_cast<void>(pairs.encode("\xFF")); }) ==
        "text: expected UTF-8, found other bytes");
}

TEST_CASE("long texts are cut off before the end token; long words are linear in memory") {
  const mll::test::small_clip clip;
  const auto short_pairs = clip.tokenizer({.max_tokens = 4});
  CHECK(short_pairs.encode("x y z x y") == clip.ids({"x</w>", "y</w>"}));
  CHECK(clip.tokenizer().encode(std::string(100'000, 'x')).size() == 77);
  CHECK(mll::test::what_of([&] { static_cast<void>(clip.tokenizer({.max_tokens = 1})); }) ==
        "max_tokens: expected at least 2, found 1");
  CHECK(mll::test::what_of([&] { static_cast<void>(clip.tokenizer({.begin = "<s>"})); }) ==
        "begin: expected a token of the vocabulary, found '<s>'");
}

TEST_CASE("GPT-2's words keep their case and the space before them") {
  const mll::test::small_clip clip;
  const auto pairs = clip.tokenizer({.words = mll::bpe_words::gpt2, .max_tokens = 77});
  const std::string space = "\xC4\xA0";  // stands for a space
  const std::string line = "\xC4\x8A";   // stands for the end of a line
  CHECK(pairs.encode("A cat") == clip.ids({"A", space, "ca", "t"}));
  CHECK(pairs.encode("a   b ") == clip.ids({"a", space, space, space, "b", space}));
  CHECK(pairs.encode("a\nb12") == clip.ids({"a", line, "b", "1", "2"}));
  CHECK(clip.tokenizer({.words = mll::bpe_words::gpt2, .adds_space = true}).encode("a") ==
        clip.ids({space, "a"}));
}
#endif
