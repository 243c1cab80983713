// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/match/task/read_captions.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "support/files.hpp"

TEST_CASE("captions are found after an editor has changed line ends, order and case") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "captions.tsv";
  const std::vector<std::string> classes{"crane", "dog", "Hot Dog"};
  for (const char* text : {"crane\tlifts\nhot dog\tin a bun\n",
                           "\xEF\xBB\xBF"
                           "Crane\tlifts\r\n\r\nhot-dog\tin a bun\r\n",
                           "HOT_DOG\tin a bun\nCRANE\tlifts"}) {
    CAPTURE(text);
    mll::test::write_file(file, text);
    const auto found = mll::read_captions(file, classes);
    REQUIRE(found.size() == 3);
    CHECK(found[0].name == "crane");
    CHECK(found[0].caption == "lifts");
    CHECK(found[1].caption.empty());
    CHECK(found[2].name == "Hot Dog");
    CHECK(found[2].caption == "in a bun");
  }
}

TEST_CASE("a caption of an unknown class, a second caption and a line without a tab are refused") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "captions.tsv";
  const auto refuses = [&](const char* text, const std::string& message) {
    mll::test::write_file(file, text);
    const std::vector<std::string> classes{"crane", "dog"};
    CHECK_THROWS_WITH_AS(static_cast<void>(mll::read_captions(file, classes)),
                         (file.string() + message).c_str(), mll::parse_error);
  };
  refuses("dog\tbarks\ncranes\tx\n", ":2: expected one of the classes, found 'cranes'");
  refuses("dog\tbarks\n\nDog\tx\n", ":3: expected one caption per class, found another of 'Dog'");
  refuses("crane\t\n", ":1: expected a sentence behind the tab, found nothing");
  refuses("dog\tbarks\ncrane\t \xE2\x80\x8B\n", ":2: expected a sentence behind the tab, found ' U+200B'");
  refuses("crane\tlifts\rdog\tbarks\r",
          ":1: expected a line without NUL or CR inside, found 'crane\\tlifts\\rdog\\tbarks'");
  refuses("", ": expected at least one caption, found none");
  refuses("\xEF\xBB\xBF\r\n\n", ": expected at least one caption, found none");
  refuses("crane lifts\n", ":1: expected CLASS<tab>SENTENCE, found 'crane lifts'");
  refuses("crane\t\xFF\n", ":1: expected UTF-8, found the bytes 'crane\\t\\xFF'");
}
