// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/text/fold_case.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using mll::fold_case;

TEST_CASE("fold_case makes ASCII letters small and keeps the rest of ASCII") {
  CHECK(fold_case("").empty());
  CHECK(fold_case("Tabby_Cat-2 [\\]") == "tabby_cat-2 [\\]");
}

TEST_CASE("fold_case writes apostrophes, hyphens and blanks in ASCII and drops what cannot be seen") {
  CHECK(fold_case("dog\xE2\x80\x99s") == "dog's");
  CHECK(fold_case("\xE2\x80\x98Mario\xCA\xBC") == "'mario'");
  CHECK(fold_case("T\xE2\x80\x91Shirt\xE2\x88\x92\xE2\x80\x93") == "t-shirt--");
  CHECK(fold_case("New\xC2\xA0York\xE3\x80\x80"
                  "City") == "new york city");
  CHECK(fold_case("\xEF\xBB\xBF"
                  "cat\xC2\xAD\xE2\x80\x8B") == "cat");
}

#if MLL_UNICODE
TEST_CASE("fold_case folds the letters of other scripts") {
  const auto same = [](std::string_view a, std::string_view b) { return fold_case(a) == fold_case(b); };
  CHECK(same("\xC3\x84rztin", "\xC3\xA4rztin"));
  CHECK(same("STRASSE", "Stra\xC3\x9F\x65"));
  CHECK(same("\xCE\xA3\xCE\x9F\xCE\xA6\xCE\x9F\xCE\xA3",
             "\xCF\x83\xCE\xBF\xCF\x86\xCE\xBF\xCF\x82"));  // both sigmas
  CHECK(same("\xD0\x9A\xD0\x9E\xD0\xA2", "\xD0\xBA\xD0\xBE\xD1\x82"));
  CHECK(same("E\xCC\x81tage", "\xC3\xA9tage"));                // decomposed and composed
  CHECK(same("\xEF\xAC\x81sh", "FISH"));                       // a ligature
  CHECK(same("\xEF\xBC\xA3\xEF\xBC\xA1\xEF\xBC\xB4", "cat"));  // of full width
  CHECK(fold_case("\xE7\x8C\xAB") == "\xE7\x8C\xAB");
  CHECK(fold_case(std::string(3000, 'x') + "\xEF\xB7\xBA").size() > 3020);  // one character becomes eighteen
  CHECK_FALSE(same("\xC3\xA4", "a"));
  CHECK(same("\xCE\x8C\xCF\x83\xCE\xB9\xCE\xBF\xCF\x82",
             "\xCE\x9F\xCC\x81\xCE\xA3\xCE\x99\xCE\x9F\xCE\xA3"));  // Greek, with a decomposed accent
  CHECK(same("\xD0\x81\xD0\xBB\xD0\xBA\xD0\xB0", "\xD1\x91\xD0\xBB\xD0\xBA\xD0\xB0"));  // Cyrillic io
}
#endif

TEST_CASE("the letters i of Turkish are one, in capitals or not") {
  for (const std::string_view text :
       {"KIRMIZI", "k\xC4\xB1rm\xC4\xB1z\xC4\xB1", "K\xC4\xB0RM\xC4\xB0Z\xC4\xB0", "kirmizi",
        "ki\xCC\x87rmi\xCC\x87zi\xCC\x87"})
    CHECK(fold_case(text) == "kirmizi");
  CHECK(fold_case("e\xCC\x87") != "e");  // other letters keep their dots
}

TEST_CASE("fold_case keeps bytes that are not UTF-8, and is idempotent") {
  CHECK(fold_case("p\xE9") == "p\xE9");
  for (const std::string_view text : {"\xC4\xB0stanbul", "\xEF\xAC\x83", "\xE1\xBA\x9E",
                                      "O\xE2\x80\x99"
                                      "Brien"})
    CHECK(fold_case(fold_case(text)) == fold_case(text));
}

TEST_CASE("has_capital finds capital letters") {
  CHECK(mll::has_capital("iPhone"));
  CHECK_FALSE(mll::has_capital("cardigan 2"));
  CHECK_FALSE(mll::has_capital("\xC3\xA4rztin"));
  CHECK(mll::has_capital("\xC3\x84rztin") == (MLL_UNICODE == 1));
}
