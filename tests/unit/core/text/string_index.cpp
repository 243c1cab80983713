// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/text/string_index.hpp"

#include <doctest/doctest.h>

#include <string>

TEST_CASE("string_index numbers strings in order of insertion") {
  mll::detail::string_index index;
  CHECK(!index.find(""));
  CHECK(index.insert("b") == std::pair{0U, true});
  CHECK(index.insert("") == std::pair{1U, true});
  CHECK(index.insert("b") == std::pair{0U, false});
  for (int i = 0; i < 5000; ++i) index.insert("word " + std::to_string(i));
  REQUIRE(index.size() == 5002);
  CHECK(index[0] == "b");
  CHECK(index[1].empty());
  for (std::uint32_t i = 0; i < 5000; ++i) {
    CHECK(index.find("word " + std::to_string(i)) == i + 2);
    CHECK(index[i + 2U] == "word " + std::to_string(i));
  }
  CHECK(!index.find("word 5000"));
  const auto copy = index;
  index.insert("more");
  CHECK(!copy.find("more"));
}
