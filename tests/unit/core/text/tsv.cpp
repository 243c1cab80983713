// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/text/tsv.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

#include "mll/core/io/temporary_folder.hpp"
#include "support/files.hpp"

namespace {

struct tsv_on_disk {
  mll::detail::temporary_folder folder;
  std::filesystem::path path = folder.path() / "x.tsv";

  [[nodiscard]] mll::detail::tsv_file read(const std::string& text, std::size_t columns = 2) const {
    mll::test::write_file(path, text);
    return mll::detail::tsv_file{path, columns};
  }
  void refuses(const std::string& text, const std::string& message, std::size_t columns = 2) const {
    CHECK_THROWS_WITH_AS(static_cast<void>(read(text, columns)), (path.string() + message).c_str(),
                         mll::parse_error);
  }
};

}  // namespace

TEST_CASE("fields of a tab-separated file come back as they were escaped") {
  using mll::detail::tsv_escape;
  const tsv_on_disk file;
  const std::string text = "tab\tline\nreturn\rback\\slash \xc3\xa4";
  CHECK(tsv_escape(text, "text") == "tab\\tline\\nreturn\\rback\\\\slash \xc3\xa4");
  const auto read = file.read(tsv_escape(text, "text") + "\t7\n\t\n");
  CHECK(read.path() == file.path.string());
  REQUIRE(read.size() == 2);
  CHECK(read.text(0, 0) == text);
  CHECK(read.number(0, 1, 7) == 7);
  CHECK(read.text(1, 0).empty());
  CHECK(read.text(1, 1).empty());
  CHECK(file.read("").size() == 0);
  CHECK_THROWS_WITH_AS(static_cast<void>(tsv_escape("\xff", "name")),
                       "name: expected text in UTF-8, found other bytes", mll::invalid_argument);
}

TEST_CASE("a tab-separated file reads the same after an editor has saved it") {
  const tsv_on_disk file;
  const auto read = file.read("\xEF\xBB\xBFname\tcat\r\n\r\nheads\t4\r\n\r\n");
  REQUIRE(read.size() == 2);
  CHECK(read.text(0, 0) == "name");
  CHECK(read.text(0, 1) == "cat");
  CHECK(read.number(1, 1, 9) == 4);
  CHECK(read.line(1) == 3);
  CHECK_THROWS_WITH_AS(static_cast<void>(read.number(1, 1, 3)),
                       (file.path.string() + ":3: expected a whole number up to 3, found '4'").c_str(),
                       mll::parse_error);
}

TEST_CASE("malformed lines of a tab-separated file are refused by number") {
  const tsv_on_disk file;
  file.refuses("a\tb\nc\n", ":2: expected 2 fields, found 1");
  file.refuses("a\tb\tc\n", ":1: expected 2 fields, found 3");
  file.refuses("\na\n", ":2: expected 2 fields, found 1");
  file.refuses("a\tb\nc\td",
               ":2: expected a complete line with an end, found 'c\\td' and the end of the file");
  file.refuses("a\\x\tb\n", ":1: expected one of \\\\, \\t, \\n, \\r after a backslash, found 'x'");
  file.refuses("a\tb\\\n", ":1: expected one of \\\\, \\t, \\n, \\r after a backslash, found ' '");
  file.refuses("a\t\xff\n", ":1: expected UTF-8, found the bytes 'a\\t\\xFF'");
  const auto missing = file.folder.path() / "missing.tsv";
  CHECK_THROWS_WITH_AS(
      static_cast<void>(mll::detail::tsv_file{missing, 1}),
      (missing.string() + ": expected a readable file, found No such file or directory").c_str(),
      mll::parse_error);
}

TEST_CASE("numbers and line counts of a tab-separated file are checked") {
  const tsv_on_disk file;
  const auto read = file.read("0\n12\n-1\n+1\n1.5\n\n99999999999999999999\n0x1\n 1\n", 1);
  CHECK(read.number(0, 0, 0) == 0);
  CHECK(read.number(1, 0, 12) == 12);
  CHECK_THROWS_WITH_AS(static_cast<void>(read.number(1, 0, 11)),
                       (file.path.string() + ":2: expected a whole number up to 11, found '12'").c_str(),
                       mll::parse_error);
  for (std::size_t row = 2; row < read.size(); ++row)
    CHECK_THROWS_AS(static_cast<void>(read.number(row, 0, 100)), mll::parse_error);
  CHECK_NOTHROW(read.expect_lines(9));
  CHECK_THROWS_WITH_AS(read.expect_lines(8), (file.path.string() + ": expected 8 lines, found 9").c_str(),
                       mll::parse_error);
}
