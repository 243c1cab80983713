// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/detail/tokenize.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

using strings = std::vector<std::string>;

TEST_CASE("words are runs of letters, digits and characters outside ASCII") {
  CHECK(mll::detail::tokenize("The DOG's 2 caf\xC3\xA9s, e-mail_x") ==
        strings{"the", "dog", "s", "2", "caf\xC3\xA9s", "e", "mail", "x"});
  CHECK(mll::detail::tokenize("").empty());
  CHECK(mll::detail::tokenize(" .,;").empty());
  CHECK(mll::detail::tokenize("end") == strings{"end"});
  CHECK(mll::detail::tokenize("\xE2\x80\x9C"
                              "Dogs\xE2\x80\x9D\xE2\x80\x94\xC2\xAB"
                              "cats\xC2\xBB\xE3\x80\x82") == strings{"dogs", "cats"});
  CHECK(mll::detail::tokenize("a\xFF z") == strings{"a\xFF", "z"});
#if MLL_UNICODE
  CHECK(mll::detail::tokenize("\xC3\x89tage STRASSE stra\xC3\x9F\x65") ==
        strings{"\xC3\xA9tage", "strasse", "strasse"});
#endif
}

TEST_CASE("for_each_character_gram counts code points") {
  const auto grams = [](std::string_view text, std::size_t from, std::size_t to) {
    strings out;
    mll::detail::for_each_character_gram(text, from, to,
                                         [&](std::string_view gram) { out.emplace_back(gram); });
    return out;
  };
  CHECK(grams("abc", 2, 3) == strings{"ab", "bc", "abc"});
  CHECK(grams("\xE7\x8C\xAB\xC3\xA9", 1, 5) == strings{"\xE7\x8C\xAB", "\xC3\xA9", "\xE7\x8C\xAB\xC3\xA9"});
  CHECK(grams("a", 2, 3).empty());
  CHECK(grams("", 1, 3).empty());
  CHECK(grams("ab", 1, std::numeric_limits<std::size_t>::max()) == strings{"a", "b", "ab"});
}
