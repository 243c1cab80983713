// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include <doctest/doctest.h>
#if MLL_TEST_ICU
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mll/embed/sentences/wordpiece_tokenizer.hpp"

namespace {

using ids = std::vector<std::int32_t>;

const std::vector<std::string> vocabulary{"[PAD]",  "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un",  "##aff",
                                          "##able", "cafe",  "café",  ",",     "中",     "##a", "runs",
                                          "Un",     "##σ",   "ο",     "##",    "unaff"};

// The numbers between the first and the last, which are checked.
ids tokens(std::string_view text, mll::wordpiece_options options = {}) {
  const mll::wordpiece_tokenizer tokenizer{vocabulary, std::move(options)};
  auto out = tokenizer.encode(text);
  REQUIRE(out.size() >= 2);
  CHECK(out.front() == 2);
  CHECK(out.back() == 3);
  return {out.begin() + 1, out.end() - 1};
}

}  // namespace

TEST_CASE("wordpiece_tokenizer takes the longest pieces from left to right, else the word is unknown") {
  CHECK(tokens("unaffable") == ids{18, 7});
  CHECK(tokens("unable") == ids{5, 7});
  CHECK(tokens("una") == ids{5, 12});
  CHECK(tokens("unaffx") == ids{1});
  CHECK(tokens("xun un") == ids{1, 5});
  CHECK(tokens("") == ids{});
  CHECK(tokens("un" + std::string(99, 'a')) == ids{1});  // 101 characters
  CHECK(tokens("un" + std::string(98, 'a')).size() == 99);
  CHECK(tokens("una", {.max_word_characters = 2}) == ids{1});
}

TEST_CASE("wordpiece_tokenizer cleans and splits text like BERT") {
  CHECK(tokens("  runs\t,runs\n") == ids{13, 10, 13});
  CHECK(tokens("ru\u200Bns ru\u00ADns r\x01uns") == ids{13, 13, 13});  // zero width, soft hyphen, control
  CHECK(tokens("un\u00A0able\u3000un") == ids{5, 1, 5});
  CHECK(tokens("un中un") == ids{5, 11, 5});
  CHECK(tokens("un中un", {.split_ideographs = false}) == ids{1});
  CHECK(tokens("Café CAFE\u0301 cafe") == ids{8, 8, 8});
  CHECK(tokens("Café", {.strip_accents = false}) == ids{9});
  CHECK(tokens("Café café Un", {.lower_case = false}) == ids{1, 9, 14});
  CHECK(tokens("café", {.lower_case = false, .strip_accents = true}) == ids{8});
  CHECK(tokens("ΟΣ") == ids{16, 15});  // no final sigma
}

TEST_CASE("wordpiece_tokenizer finds special tokens in a text and cuts long texts off") {
  CHECK(tokens("un[SEP]un [MASK]") == ids{5, 3, 5, 4});
  CHECK(tokens("[sep]") == ids{1, 1, 1});
  CHECK(tokens("un un un un", {.max_tokens = 4}) == ids{5, 5});
  CHECK(tokens("unaffable un", {.max_tokens = 3}) == ids{18});
  CHECK(tokens("un", {.max_tokens = 2}) == ids{});
  const mll::wordpiece_tokenizer tokenizer{vocabulary};
  CHECK(tokenizer.vocabulary_size() == 19);
  CHECK(tokenizer.padding_id() == 0);
  CHECK(tokenizer.find("##able") == 7);
  CHECK(!tokenizer.find("able"));
  const std::vector<std::string> twice{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "un", "un"};
  CHECK(mll::wordpiece_tokenizer{twice}.encode("un") == ids{2, 5, 3});
}

TEST_CASE("wordpiece_tokenizer rejects invalid options and texts") {
  const std::vector<std::string> without_end{"[PAD]", "[UNK]", "[CLS]", "un"};
  CHECK_THROWS_WITH_AS(mll::wordpiece_tokenizer{without_end},
                       "end: expected a token of the vocabulary, found '[SEP]'", mll::invalid_argument);
  CHECK_THROWS_WITH_AS((mll::wordpiece_tokenizer{vocabulary, {.max_tokens = 1}}),
                       "max_tokens: expected at least 2, found 1", mll::invalid_argument);
  CHECK_THROWS_WITH_AS((void)mll::wordpiece_tokenizer{vocabulary}.encode("un\xFF"),
                       "text: expected UTF-8, found other bytes", mll::invalid_argument);
}
#endif
