// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/words/word_vectors.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "mll/testing/check_embedder.hpp"

namespace {

using views = std::vector<std::string_view>;

mll::word_vectors make(const std::vector<std::string>& words, mll::matrix<float> rows,
                       mll::detail::subwords grams = {}) {
  mll::detail::word_table table;
  for (const std::string& word : words) table.words.insert(word);
  table.rows = {std::move(rows), "memory"};
  table.grams = std::move(grams);
  return mll::word_vectors{std::move(table)};
}

mll::word_vectors small() {
  mll::matrix<float> rows(5, 2);
  rows << 3, 4, 0, 2, -1, 0, 5, 0, 0, 0;
  return make({"dog", "Paris", "paris", "New_York", "nothing"}, rows);
}

}  // namespace

TEST_CASE("word_vectors passes check_embedder") {
  CHECK(mll::testing::check_embedder(small(), views{"dog", "New York", "nothing", "a Paris dog"}).empty());
}

TEST_CASE("a text is the mean of its words' unit vectors") {
  const auto rows = small().embed(views{"The dog, paris!", "DOG", "nothing at all", "unknown"});
  // (0.6, 0.8) + (-1, 0) = (-0.4, 0.8)
  CHECK(rows(0, 0) == doctest::Approx(-0.4 / std::sqrt(0.8)));
  CHECK(rows(0, 1) == doctest::Approx(0.8 / std::sqrt(0.8)));
  CHECK(rows(1, 0) == doctest::Approx(0.6));
  CHECK(rows.row(2).norm() == 0);
  CHECK(rows.row(3).norm() == 0);
}

TEST_CASE("word_vectors looks up words as written, in lower case, and as phrases") {
  const auto table = small();
  const auto rows = table.embed(views{"Paris", "PARIS", "new york", "New-York dog", "New dog"});
  CHECK(rows(0, 1) == 1);
  CHECK(rows(1, 0) == -1);
  CHECK(rows.row(2).norm() == 0);  // it is spelled New_York only
  CHECK(rows(3, 0) == doctest::Approx(1.6 / std::hypot(1.6, 0.8)));
  CHECK(rows(4, 0) == doctest::Approx(0.6));
  CHECK(table.contains("Paris"));
  CHECK(!table.contains("PARIS"));
  CHECK(table.vector("dog") == (Eigen::RowVectorXf{2} << 3, 4).finished());
  CHECK(table.vector("cat").norm() == 0);
  CHECK(table.size() == 5);
}

TEST_CASE("a word is the mean of its own vector and its n-grams, an unknown one of its n-grams") {
  // Three letters at most two apart: of "ab" these are <a, ab, b>.
  const mll::detail::subwords grams{.min_length = 2, .max_length = 2, .buckets = 7};
  mll::matrix<float> rows(8, 2);
  for (Eigen::Index i = 0; i < 8; ++i) rows.row(i) << static_cast<float>(i), 1;
  const auto table = make({"ab"}, rows, grams);
  const auto bucket = [](std::string_view gram) {
    return static_cast<double>(mll::detail::subwords::hash(gram) % 7) + 1;
  };
  const double of_ab = bucket("<a") + bucket("ab") + bucket("b>");
  CHECK(table.vector("ab")[0] == doctest::Approx((0 + of_ab) / 4));
  CHECK(table.vector("ac")[0] == doctest::Approx((bucket("<a") + bucket("ac") + bucket("c>")) / 3));
  CHECK(table.vector("ab")[1] == 1);
  // A boundary mark alone is not an n-gram.
  std::vector<std::size_t> seen;
  mll::detail::subwords{.min_length = 1, .max_length = 1, .buckets = 1000}.for_each(
      "a", [&](std::size_t row) { seen.push_back(row); });
  CHECK(seen == std::vector<std::size_t>{mll::detail::subwords::hash("a") % 1000});
}

TEST_CASE("bytes above 127 are hashed sign-extended, like fastText") {
  // By the definition: xor with the sign-extended byte, times the prime, modulo 2^32.
  CHECK(mll::detail::subwords::hash("\xC3") ==
        static_cast<std::uint32_t>((2166136261ULL ^ 0xFFFFFFC3ULL) * 16777619ULL));
  CHECK(mll::detail::subwords::hash("a") == 0xE40C292CU);  // the published value of FNV-1a
}

TEST_CASE("pruned buckets have no vector") {
  const mll::detail::subwords grams{.min_length = 2,
                                    .max_length = 2,
                                    .buckets = 1000,
                                    .pruned = true,
                                    .kept = {{mll::detail::subwords::hash("<x") % 1000, 0}}};
  mll::matrix<float> rows(2, 1);
  rows << 1, 5;
  const auto table = make({"ab"}, rows, grams);
  CHECK(table.vector("xy")[0] == 5);
  CHECK(table.vector("ab")[0] == 1);
  CHECK(table.vector("yz").norm() == 0);
}

TEST_CASE("word_vectors reports a vector that is not finite when it is used") {
  mll::matrix<float> rows(2, 2);
  rows << 1, 2, 3, std::numeric_limits<float>::quiet_NaN();
  const auto table = make({"good", "bad"}, rows);
  CHECK(table.embed(views{"good"}).row(0).norm() == doctest::Approx(1));
  CHECK_THROWS_WITH_AS((void)table.embed(views{"bad"}),
                       "memory: expected finite numbers, found NaN in column 1 of vector 1",
                       mll::parse_error);
  CHECK_THROWS_WITH_AS((void)table.embed(views{"good", "\xFF"}),
                       "texts: expected UTF-8, found other bytes in text 1", mll::invalid_argument);
}

TEST_CASE("every word of a table is found in a text, with its punctuation") {
  const std::vector<std::string> words{"t-shirt", "ice-cream", "shirt", "t",    "don't", "U.S.", "C++", "u",
                                       "s",       "new-york",  "AT&T",  ".net", "dog",   "c",    "etc."};
  mll::matrix<float> rows = mll::matrix<float>::Identity(15, 15);
  const auto table = make(words, rows);
  const auto is = [&](std::string_view text, std::size_t word) {
    return table.embed(views{text})(0, static_cast<Eigen::Index>(word)) == 1;
  };
  for (std::size_t w = 0; w < words.size(); ++w) {
    CAPTURE(words[w]);
    CHECK(is(words[w], w));
    CHECK(is("(" + words[w] + "),", w));
  }
  CHECK(is("ice cream", 1));
  CHECK(is("Ice-Cream", 1));
  CHECK(is("don\xE2\x80\x99t", 4));
  CHECK(is("new york", 9));
  CHECK(is("dog.", 12));
  CHECK(is("C", 13));
  CHECK(is("(dog)", 12));
}

#if MLL_UNICODE
TEST_CASE("word_vectors finds words outside ASCII in any capitals") {
  const auto table = make({"\xC3\xA9\x63ole", "stra\xC3\x9F\x65", "l'eau", "K\xC3\xB6ter"},
                          mll::matrix<float>::Identity(4, 4));
  CHECK(table.embed(views{"\xC3\x89\x63ole"})(0, 0) == 1);
  CHECK(table.embed(views{"Stra\xC3\x9F\x65"})(0, 1) == 1);
  CHECK(table.embed(views{"STRASSE"})(0, 1) == 1);
  CHECK(table.embed(views{"L\xE2\x80\x99"
                          "eau"})(0, 2) == 1);
  CHECK(table.embed(views{"k\xC3\xB6ter"})(0, 3) == 1);
}
#endif
