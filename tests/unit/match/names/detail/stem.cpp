// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/match/names/detail/stem.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using mll::detail::stem;

TEST_CASE("stem maps the forms of a word to one stem") {
  CHECK(stem("cuts") == stem("cut"));
  CHECK(stem("cutting") == stem("cut"));
  CHECK(stem("berries") == stem("berry"));
  CHECK(stem("churches") == stem("church"));
  CHECK(stem("boxes") == stem("box"));
  CHECK(stem("bridges") == stem("bridge"));
  CHECK(stem("pulled") == stem("pull"));
  CHECK(stem("glass") == stem("glasses"));
}

TEST_CASE("stem keeps different words apart, and short ones whole") {
  CHECK(stem("bird") != stem("board"));
  CHECK(stem("sing") == "sing");
  CHECK(stem("gas") == "gas");
  CHECK(stem("").empty());
}

TEST_CASE("for_each_stem skips function words") {
  std::vector<std::string> words;
  mll::detail::for_each_stem("A photo of the tall birds, which is a kind of animal.",
                             [&](const std::string& word) { words.push_back(word); });
  CHECK(words == std::vector<std::string>{"tal", "bird", "animal"});
}
