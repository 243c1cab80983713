// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/match/task/split_class_names.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_CASE("split_class_names splits at commas and drops blanks around names") {
  using names = std::vector<std::string>;
  CHECK(mll::split_class_names("cat,dog") == names{"cat", "dog"});
  CHECK(mll::split_class_names(" cat , sports car\t") == names{"cat", "sports car"});
  CHECK(mll::split_class_names("cat") == names{"cat"});
  CHECK(mll::split_class_names(R"(cat,"dog, big" , "the ""old"" one",x"y)") ==
        names{"cat", "dog, big", "the \"old\" one", "x\"y"});
  CHECK(mll::split_class_names("\xC3\x84rztin,\xE7\x8C\xAB") == names{"\xC3\x84rztin", "\xE7\x8C\xAB"});
}

TEST_CASE("split_class_names refuses empty names and open quotes") {
  const auto refuses = [](const char* list, const char* message) {
    CHECK_THROWS_WITH_AS(static_cast<void>(mll::split_class_names(list)), message, mll::invalid_argument);
  };
  refuses("cat,,dog", "classes: expected a name between commas, found an empty one at position 1");
  refuses("cat, ,dog", "classes: expected a name between commas, found an empty one at position 1");
  refuses(",cat", "classes: expected a name between commas, found an empty one at position 0");
  refuses("cat,dog,", "classes: expected a name between commas, found an empty one at position 2");
  refuses("", "classes: expected a name between commas, found an empty one at position 0");
  refuses("cat,\xC2\xA0", "classes: expected a name between commas, found 'U+00A0' at position 1");
  refuses("cat,\"dog", "classes: expected a quote at the end of the name at position 1, found none");
  refuses("\"cat\" dog,x", "classes: expected a comma behind the quoted name at position 0, found 'dog'");
}
