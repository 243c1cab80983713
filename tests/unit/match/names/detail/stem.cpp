#include "mll/match/names/detail/stem.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using mll::detail::stem;

TEST_CASE("forms of a word meet") {
  CHECK(stem("cuts") == stem("cut"));
  CHECK(stem("cutting") == stem("cut"));
  CHECK(stem("berries") == stem("berry"));
  CHECK(stem("churches") == stem("church"));
  CHECK(stem("boxes") == stem("box"));
  CHECK(stem("bridges") == stem("bridge"));
  CHECK(stem("pulled") == stem("pull"));
  CHECK(stem("glass") == stem("glasses"));
}

TEST_CASE("different words stay apart, and short ones whole") {
  CHECK(stem("bird") != stem("board"));
  CHECK(stem("sing") == "sing");
  CHECK(stem("gas") == "gas");
  CHECK(stem("").empty());
}

TEST_CASE("words that only hold others together are not visited") {
  std::vector<std::string> words;
  mll::detail::for_each_stem("A photo of the tall birds, which is a kind of animal.",
                             [&](const std::string& word) { words.push_back(word); });
  CHECK(words == std::vector<std::string>{"tal", "bird", "animal"});
}
