// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/words/read_word2vec.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <fstream>
#include <initializer_list>
#include <string>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/testing/check_embedder.hpp"
#include "support/binary.hpp"

namespace {

using mll::test::bytes_of;

mll::word_vectors parse_binary(std::string text) {
  return mll::word_vectors{
      mll::detail::parse_word2vec(mll::detail::file_bytes::of(std::move(text), "v.bin"))};
}

}  // namespace

TEST_CASE("read_word2vec reads vectors with and without line ends") {
  for (const std::string end : {"", "\n"}) {
    const std::string text = "3 2\ndog " + bytes_of(1.0F, 2.0F) + end + "New_York " + bytes_of(0.0F, -1.0F) +
                             end + "\xFF\xFE " + bytes_of(3.0F, 4.0F) + end;
    const auto table = parse_binary(text);
    CHECK(table.size() == 3);
    CHECK(table.dimension() == 2);
    CHECK(table.vector("dog") == (Eigen::RowVectorXf{2} << 1, 2).finished());
    CHECK(table.vector("\xFF\xFE") == (Eigen::RowVectorXf{2} << 3, 4).finished());
    const std::vector<std::string_view> texts{"a dog in New York", "dog", "cat"};
    CHECK(mll::testing::check_embedder(table, texts).empty());
    CHECK(table.embed(std::span{texts}.first(1))(0, 1) < 0);
  }
}

TEST_CASE("the first vector of a repeated word counts") {
  const auto table = parse_binary("2 1\na " + bytes_of(1.0F) + "a " + bytes_of(2.0F));
  CHECK(table.size() == 1);
  CHECK(table.repeated_words() == 1);
  CHECK(table.vector("a")[0] == 1);
}

TEST_CASE("read_word2vec reports errors with file and byte") {
  const auto refuses = [](const std::string& text, const char* message) {
    CHECK_THROWS_WITH_AS(parse_binary(text), message, mll::parse_error);
  };
  const std::string dog = "dog " + bytes_of(1.0F, 2.0F);
  refuses("", "v.bin: expected the number of words and a blank at byte 0, found the end of the file");
  refuses("x 2\n" + dog, "v.bin: expected the number of words and a blank at byte 0, found 'x'");
  refuses("1 0\n" + dog, "v.bin: expected the number of dimensions and a line end at byte 2, found '0'");
  refuses("99 2\n" + dog, "v.bin: expected 99 words with 2 numbers each at byte 5, found 12 bytes");
  refuses(
      "99999999999999 9999999999999999999\n",
      "v.bin: expected 99999999999999 words with 9999999999999999999 numbers each at byte 35, found 0 bytes");
  refuses("2 2\n" + dog + "wolf " + bytes_of(1.0F),
          "v.bin: expected 8 bytes (its vector) at byte 21, found 4");
  refuses("2 2\n" + dog + dog.substr(4),
          "v.bin: expected word 2 of 2 and a blank at byte 16, found the end of the file");
  refuses("1 2\n" + dog + dog, "v.bin: expected the end of the file at byte 16, found 12 more bytes");
  refuses("1 2\n " + bytes_of(1.0F, 2.0F),
          "v.bin: expected at least one word with a visible character at byte 5, found none");
  refuses("1 1\n" + std::string(5000, 'x') + ' ',
          "v.bin: expected word 1 of 1 and a blank at byte 4, found none within 4096 bytes");
}

TEST_CASE("read_word2vec maps a file, which the table keeps alive") {
  const mll::detail::temporary_folder folder;
  const auto path = folder.path() / "small.bin";
  std::ofstream{path, std::ios::binary} << "1 2\ndog " + bytes_of(3.0F, 4.0F);
  const auto table = mll::read_word2vec(path);
  std::filesystem::remove(path);
  const auto copy = table;
  CHECK(copy.vector("dog")[1] == 4);
}

TEST_CASE("words without a visible character are skipped and counted in a binary file") {
  for (const std::string end : {"", "\n"}) {
    const auto table =
        parse_binary("4 2\r\ncat " + bytes_of(1.0F, 2.0F) + end + " " + bytes_of(3.0F, 4.0F) + end +
                     "\xC2\xA0 " + bytes_of(5.0F, 6.0F) + end + "dog " + bytes_of(7.0F, 8.0F) + end);
    CHECK(table.size() == 2);
    CHECK(table.blank_words() == 2);
    CHECK(table.vector("cat")[1] == 2);
    CHECK(table.vector("dog")[0] == 7);
  }
}
