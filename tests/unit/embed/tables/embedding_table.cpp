// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/tables/embedding_table.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

namespace {

const std::vector<std::string> names{"Tabby_Cat", "crane", "nothing"};

mll::matrix<float> vectors() {
  mll::matrix<float> out(3, 2);
  out << 3, 4, 0, -2, 0, 0;
  return out;
}

}  // namespace

TEST_CASE("embedding_table finds texts by their normal form; rows have unit length") {
  const mll::embedding_table table{names, vectors()};
  CHECK(table.size() == 3);
  CHECK(table.dimension() == 2);
  CHECK(table.find("tabby  CAT") == 0);
  CHECK(!table.find("tabby"));
  const std::vector<std::string_view> texts{"crane", "heron", "tabby-cat", "nothing"};
  const auto rows = table.embed(texts);
  CHECK(rows(0, 0) == 0);
  CHECK(rows(0, 1) == -1);
  CHECK(rows.row(1).norm() == 0);
  CHECK(rows(2, 0) == doctest::Approx(0.6));
  CHECK(rows(2, 1) == doctest::Approx(0.8));
  CHECK(rows.row(3).norm() == 0);
}

TEST_CASE("embedding_table rejects unknown texts if the options say so") {
  const mll::embedding_table table{names, vectors(), {.unknown = mll::unknown_text::error}};
  const std::vector<std::string_view> texts{"crane", "heron"};
  CHECK_THROWS_WITH_AS((void)table.embed(texts), "texts: expected names of the table, found 'heron'",
                       mll::invalid_argument);
}

TEST_CASE("embedding_table rejects invalid names and vectors") {
  const auto refuses = [](std::vector<std::string> some_names, mll::matrix<float> values,
                          const char* message) {
    CHECK_THROWS_WITH_AS((mll::embedding_table{some_names, values}), message, mll::invalid_argument);
  };
  refuses({"a", "b"}, vectors(), "vectors: expected 2 rows, one per name, found 3");
  refuses({}, mll::matrix<float>(0, 0), "vectors: expected at least one column, found none");
  refuses({"a", "b", "A_"}, vectors(), "names: expected every name once, found 'a' again");
  refuses({"a", " ", "c"}, vectors(), "names: expected a name for every row, found an empty one at row 1");
  refuses({"a", "b", "\xC3"}, vectors(), "names: expected UTF-8, found other bytes in name 2");
  mll::matrix<float> bad = vectors();
  bad(1, 1) = std::numeric_limits<float>::infinity();
  refuses({"a", "b", "c"}, bad, "vectors: expected finite values, found infinity in the row of 'b'");
}
