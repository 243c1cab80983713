// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/tables/read_embedding_table.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "mll/core/io/npy.hpp"
#include "mll/core/io/temporary_folder.hpp"
#include "mll/embed/tables/write_vector_set.hpp"
#include "mll/testing/check_embedder.hpp"

TEST_CASE_TEMPLATE("a mapped embedding_table agrees with one in memory", T, float, Eigen::half) {
  const mll::detail::temporary_folder folder;
  mll::matrix<float> values(3, 2);
  values << 3, 4, 0, -2, 0, 0;
  const std::vector<std::string> names{"Tabby_Cat", "crane", "nothing"};
  mll::write_vector_set(folder.path() / "v.npy", mll::vector_set<T>{values.cast<T>()});
  std::ofstream{folder.path() / "names.txt"} << "Tabby_Cat\ncrane\r\nnothing";
  const auto table = mll::read_embedding_table(folder.path() / "v.npy", folder.path() / "names.txt");
  const std::vector<std::string_view> texts{"tabby cat", "crane", "heron", "nothing"};
  CHECK(table.embed(texts) == mll::embedding_table{names, values}.embed(texts));
  CHECK(mll::testing::check_embedder(table, texts).empty());
  const auto strict = mll::read_embedding_table(folder.path() / "v.npy", folder.path() / "names.txt",
                                                {.unknown = mll::unknown_text::error});
  CHECK_THROWS_AS((void)strict.embed(texts), mll::invalid_argument);
}

TEST_CASE("read_embedding_table reads double precision") {
  const mll::detail::temporary_folder folder;
  const auto vectors = folder.path() / "v.npy";
  const auto names = folder.path() / "names.txt";
  mll::write_npy(vectors, (mll::matrix<double>(2, 2) << 0.25, -2, 3, 0.1).finished().eval());
  std::ofstream{names} << "a\nb\n";
  const auto table = mll::read_embedding_table(vectors, names);
  const std::vector<std::string_view> texts{"a", "b"};
  const mll::matrix<float> values = (mll::matrix<float>(2, 2) << 0.25F, -2, 3, 0.1F).finished();
  const std::vector<std::string> words{"a", "b"};
  CHECK(table.embed(texts) == mll::embedding_table{words, values}.embed(texts));
  mll::write_npy(vectors, (mll::matrix<double>(2, 2) << 0.25, -2, 3, 1e39).finished().eval());
  CHECK_THROWS_WITH_AS(
      (void)mll::read_embedding_table(vectors, names),
      (vectors.string() + ": expected numbers within the range of float32, found 1e+39 in row 1, column 1")
          .c_str(),
      mll::parse_error);
}

TEST_CASE(
    "read_embedding_table reports invalid names with file and line, and an invalid row when it is used") {
  const mll::detail::temporary_folder folder;
  const auto vectors = folder.path() / "v.npy";
  const auto names = folder.path() / "names.txt";
  mll::matrix<float> values(2, 1);
  values << 1, std::numeric_limits<float>::infinity();
  mll::write_vector_set(vectors, mll::vector_set{values});
  const auto refuses = [&](const char* lines, const std::string& message) {
    std::ofstream{names} << lines;
    CHECK_THROWS_WITH_AS((void)mll::read_embedding_table(vectors, names), message.c_str(), mll::parse_error);
  };
  refuses("a\n", names.string() + ":1: expected 2 names, one per row of " + vectors.string() + ", found 1");
  refuses("a\nb\nc\n",
          names.string() + ":3: expected 2 names, one per row of " + vectors.string() + ", found 3");
  refuses("a\nA\n", names.string() +
                        ": expected names of rows, found names: expected every name once, found 'a' again");
  refuses("a\n\xFF\n", names.string() + ":2: expected UTF-8, found the bytes '\\xFF'");
  refuses("a\n\nb\n", names.string() + ":2: expected the name of a row, found a blank line");
  std::ofstream{names} << "\xEF\xBB\xBF"
                          "a\r\nb\r\n\r\n\n";
  const auto table = mll::read_embedding_table(vectors, names);
  CHECK(table.embed(std::vector<std::string_view>{"a"})(0, 0) == 1);
  CHECK_THROWS_WITH_AS(
      (void)table.embed(std::vector<std::string_view>{"b"}),
      (vectors.string() + ": expected finite numbers, found infinity in column 0 of vector 1").c_str(),
      mll::parse_error);
}
