// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/words/hashed_ngrams.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace {

mll::matrix<float> embed(const mll::hashed_ngrams& embedder, std::vector<std::string_view> texts) {
  return embedder.embed(texts);
}

// The same by definition, from n-grams written out by hand.
std::vector<double> by_hand(const std::map<std::string, int>& grams, std::size_t dimension,
                            std::uint64_t seed) {
  std::vector<double> row(dimension, 0);
  for (const auto& [gram, count] : grams) {
    const auto hash = mll::stable_hash(gram, seed);
    row[(hash >> 1U) % dimension] += count * (hash % 2 == 1 ? 1.0 : -1.0);
  }
  double squares = 0;
  for (const double x : row) squares += x * x;
  for (double& x : row) x /= std::sqrt(squares);
  return row;
}

void check_row(const mll::matrix<float>& rows, const std::vector<double>& expected) {
  REQUIRE(static_cast<std::size_t>(rows.cols()) == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(rows(0, static_cast<Eigen::Index>(i)) == doctest::Approx(expected[i]));
  }
}

}  // namespace

TEST_CASE("hashed_ngrams of words agrees with counts worked out by hand") {
  check_row(embed(mll::hashed_ngrams{{.dimension = 50, .seed = 3}}, {"The dog, the DOG's"}),
            by_hand({{"the", 2}, {"dog", 2}, {"s", 1}, {"the dog", 2}, {"dog the", 1}, {"dog s", 1}}, 50, 3));
}

TEST_CASE("character n-grams stay within words and count code points") {
  check_row(embed(
                mll::hashed_ngrams{
                    {.dimension = 97, .max_word_gram = 0, .min_character_gram = 3, .max_character_gram = 4}},
                {"ab caf\xC3\xA9"}),
            by_hand({{"<ab", 1},
                     {"ab>", 1},
                     {"<ab>", 1},
                     {"<ca", 1},
                     {"caf", 1},
                     {"af\xC3\xA9", 1},
                     {"f\xC3\xA9>", 1},
                     {"<caf", 1},
                     {"caf\xC3\xA9", 1},
                     {"af\xC3\xA9>", 1}},
                    97, 0));
}

TEST_CASE("similar spellings are similar, more so with character n-grams") {
  const auto words =
      embed(mll::hashed_ngrams{}, {"dogs bark", "dog barks", "interest rate", "dogs bark loudly"});
  const auto characters =
      embed(mll::hashed_ngrams{{.max_character_gram = 5}}, {"dogs bark", "dog barks", "interest rate"});
  CHECK(words.row(0).dot(words.row(3)) > 0.5F);
  CHECK(std::abs(words.row(0).dot(words.row(1))) < 0.2F);
  CHECK(characters.row(0).dot(characters.row(1)) > 0.4F);
  CHECK(characters.row(0).dot(characters.row(2)) < 0.2F);
}

TEST_CASE("hashed_ngrams is the same on every platform and depends on the seed") {
  const auto first = embed(mll::hashed_ngrams{{.dimension = 8, .max_word_gram = 1}}, {"dog"});
  const auto hash = mll::stable_hash("dog");
  CHECK(first(0, static_cast<Eigen::Index>((hash >> 1U) % 8)) == (hash % 2 == 1 ? 1.0F : -1.0F));
  bool differs = false;
  for (std::uint64_t seed = 1; seed < 6; ++seed) {
    differs |=
        embed(mll::hashed_ngrams{{.dimension = 8, .max_word_gram = 1, .seed = seed}}, {"dog"}) != first;
  }
  CHECK(differs);
}

TEST_CASE("hashed_ngrams rejects invalid options and texts") {
  CHECK_THROWS_WITH_AS(mll::hashed_ngrams{{.dimension = 0}}, "dimension: expected at least 1, found 0",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS((mll::hashed_ngrams{{.max_word_gram = 0}}),
                       "max_word_gram: expected word or character n-grams, found neither",
                       mll::invalid_argument);
  CHECK_THROWS_WITH_AS(mll::hashed_ngrams{{.min_character_gram = 0}},
                       "min_character_gram: expected at least 1, found 0", mll::invalid_argument);
  CHECK_THROWS_WITH_AS((void)embed(mll::hashed_ngrams{}, {"good", "\xFF"}),
                       "texts: expected UTF-8, found other bytes in text 1", mll::invalid_argument);
}
