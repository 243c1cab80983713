// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/words/read_word_vectors.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/testing/check_embedder.hpp"

namespace {

mll::word_vectors parse_text(std::string text) {
  return mll::word_vectors{
      mll::detail::parse_word_vectors(mll::detail::file_bytes::of(std::move(text), "v.txt"))};
}

}  // namespace

TEST_CASE("read_word_vectors reads the format of GloVe") {
  const auto table = parse_text("the 0.5 -1e-1 2\n. . . 1 2 3\ncaf\xC3\xA9 0 0 1\r\n");
  CHECK(table.size() == 3);
  CHECK(table.dimension() == 3);
  CHECK(table.vector("the") == (Eigen::RowVectorXf{3} << 0.5F, -0.1F, 2).finished());
  CHECK(table.vector(". . .") == (Eigen::RowVectorXf{3} << 1, 2, 3).finished());
  CHECK(table.vector("caf\xC3\xA9")[2] == 1);
  const std::vector<std::string_view> texts{"The caf\xC3\xA9", "other"};
  CHECK(mll::testing::check_embedder(table, texts).empty());
}

TEST_CASE("read_word_vectors reads the formats of fastText and word2vec") {
  const auto table = parse_text("2 2\ndog 1 2 \nwolf 3 -4 \n");
  CHECK(table.size() == 2);
  CHECK(table.vector("wolf") == (Eigen::RowVectorXf{2} << 3, -4).finished());
  // Two fields other than integers are a word and its only number.
  CHECK(parse_text("12 0.5\n13 1\n").dimension() == 1);
}

TEST_CASE("the first vector of a repeated word counts; underflow is zero") {
  const auto table = parse_text("a 1 1e-60\nb 2 2\na 3 3\n");
  CHECK(table.size() == 2);
  CHECK(table.repeated_words() == 1);
  CHECK(table.vector("a") == (Eigen::RowVectorXf{2} << 1, 0).finished());
  CHECK(table.vector("b")[0] == 2);
}

TEST_CASE("read_word_vectors reports errors with file and line") {
  const auto refuses = [](std::string text, const char* message) {
    CHECK_THROWS_WITH_AS(parse_text(std::move(text)), message, mll::parse_error);
  };
  refuses("", "v.txt: expected at least one word with its vector, found none");
  refuses("word\n",
          "v.txt:1: expected a word and its vector, or the numbers of words and dimensions, found 1 fields");
  refuses("a 1 2\nb 1\n", "v.txt:2: expected a word and 2 numbers, found 2 fields in 'b 1'");
  refuses("a 1 2\nb 1 x\n", "v.txt:2: expected a finite number in field 3, found 'x'");
  refuses("a 1 2\nb nan 2\n", "v.txt:2: expected a finite number in field 2, found 'nan'");
  refuses("a 1 2\nb 1e60 2\n", "v.txt:2: expected a finite number in field 2, found '1e60'");
  refuses("a 1 2\n 1\n", "v.txt:2: expected a word and 2 numbers, found 1 fields in ' 1'");
  refuses("a 1 2\nb +-1 2\n", "v.txt:2: expected a finite number in field 2, found '+-1'");
  refuses(" 1 2\n", "v.txt: expected at least one word with its vector, found none");
  refuses("\xFF\xFE", "v.txt:1: expected UTF-8, found UTF-16");
  refuses("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n",
          "v.txt: expected the content of the file (git lfs pull), found a pointer of git-lfs");
  refuses("2 0\n", "v.txt:1: expected a dimension of at least 1, found 0");
  refuses("3 1\na 1\nb 2\n", "v.txt:3: expected 3 words, as in line 1, found 2");
  refuses("1 1\na 1\nb 2\n", "v.txt:3: expected 1 words, as in line 1, found 2");
}

TEST_CASE("read_word_vectors reads files and reports a missing one") {
  const mll::detail::temporary_folder folder;
  const auto path = folder.path() / "small.vec";
  std::ofstream{path} << "1 2\ndog 3 4\n";
  CHECK(mll::read_word_vectors(path).vector("dog")[1] == 4);
  CHECK_THROWS_WITH_AS(
      (void)mll::read_word_vectors(folder.path() / "none"),
      ((folder.path() / "none").string() + ": expected a readable file, found No such file or directory")
          .c_str(),
      mll::parse_error);
  CHECK_THROWS_AS((void)mll::read_word_vectors(folder.path()), mll::parse_error);
}

TEST_CASE("a byte order mark, CR and blank lines in a file of word vectors are skipped") {
  for (const char* text : {"\xEF\xBB\xBF"
                           "2 2\r\ndog 1 2\r\n\r\nwolf 3 4\r\n\r\n",
                           "\xEF\xBB\xBF"
                           "dog 1 2\n \t\nwolf 3 4",
                           "\n\ndog 1 2\nwolf 3 4\n\n"}) {
    CAPTURE(text);
    const auto table = parse_text(text);
    CHECK(table.size() == 2);
    CHECK(table.contains("dog"));
    CHECK(table.vector("wolf")[1] == 4);
    CHECK(table.blank_words() == 0);
  }
}

TEST_CASE("words without a visible character are skipped and counted") {
  const auto with_counts = parse_text("5 2\nthe 1 2\n 3 4\n\t 5 6\n\xC2\xA0 7 8\ncat 9 10\n");
  CHECK(with_counts.size() == 2);
  CHECK(with_counts.blank_words() == 3);
  CHECK(with_counts.vector("cat") == (Eigen::RowVectorXf{2} << 9, 10).finished());
  const auto first = parse_text("  1 2\nthe 3 4\n");
  CHECK(first.dimension() == 2);
  CHECK(first.size() == 1);
  CHECK(first.blank_words() == 1);
  CHECK(parse_text("a 1 2\n indented 3 4\n").vector("indented")[0] == 3);
}

TEST_CASE("numbers are read in every spelling") {
  const auto table = parse_text("a +0.7 7E-1 1E-60\nb 0.8e+0 -.5 0." + std::string(60, '0') + "1\n");
  CHECK(table.vector("a") == (Eigen::RowVectorXf{3} << 0.7F, 0.7F, 0).finished());
  CHECK(table.vector("b") == (Eigen::RowVectorXf{3} << 0.8F, -0.5F, 0).finished());
}
