// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/text/text_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/temporary_folder.hpp"

namespace {

using mll::detail::last_line;
using mll::detail::line_parser;
using mll::detail::text_file;

std::vector<std::string> lines_of(const std::string& content, last_line rule = last_line::may_be_open) {
  std::vector<std::string> out;
  for_each_line(text_file{"f", content}, rule, [&](const line_parser& line) {
    out.push_back(std::to_string(line.line_number()) + " " + std::string{line.rest()});
  });
  return out;
}

}  // namespace

TEST_CASE("in_quotes shows at most 40 bytes, and nothing that cannot be seen") {
  CHECK(mll::detail::in_quotes("") == "nothing");
  CHECK(mll::detail::in_quotes("a\tb\xFF") == "'a\\tb\\xFF'");
  CHECK(mll::detail::in_quotes("\xEF\xBB\xBF\xC3\xA4") == "'U+FEFF\xC3\xA4'");
  const std::string whole(39, 'x');
  CHECK(mll::detail::in_quotes(whole + "\xC3\xA4") == "'" + whole + "...'");  // no half characters
  CHECK(mll::detail::in_quotes(std::string(40, 'x')) == "'" + std::string(40, 'x') + "'");
  CHECK(mll::detail::in_quotes(std::string(41, 'x')) == "'" + std::string(40, 'x') + "...'");
}

TEST_CASE("text_file reads files and streams byte by byte") {
  const mll::detail::temporary_folder folder;
  const std::string content{"a\r\n\0b", 5};
  std::ofstream{folder.path() / "f", std::ios::binary} << content;
  CHECK(text_file::read(folder.path() / "f").content == content);
  CHECK(text_file::read(folder.path() / "f").name == (folder.path() / "f").string());
  std::istringstream stream{content};
  CHECK(text_file::read(stream, "s").content == content);
  CHECK_THROWS_WITH_AS((void)text_file::read("/nowhere/f"),
                       "/nowhere/f: expected a readable file, found No such file or directory",
                       mll::parse_error);
  CHECK_THROWS_AS((void)text_file::read(folder.path()), mll::parse_error);
  const auto pipe = folder.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK_THROWS_AS((void)text_file::read(pipe), mll::parse_error);  // and does not wait
  CHECK_THROWS_WITH_AS((void)text_file::read("/dev/zero"),
                       "/dev/zero: expected a readable file, found not a regular file", mll::parse_error);
  // Of size 0 by its entry, and with content.
  if (std::ifstream{"/proc/self/status"}.good())
    CHECK_THROWS_AS((void)text_file::read("/proc/self/status"), mll::parse_error);
}

TEST_CASE("a byte order mark is no part of a text; other encodings and pointers of git-lfs are refused") {
  const mll::detail::temporary_folder folder;
  const auto file = (folder.path() / "f").string();
  const auto read = [&](const std::string& content) {
    std::ofstream{file, std::ios::binary} << content;
    return text_file::read(file).content;
  };
  CHECK(read("\xEF\xBB\xBF"
             "cat\n") == "cat\n");
  CHECK(read("\xEF\xBB\xBF").empty());
  CHECK(read("\xEF\xBB\xBF\xEF\xBB\xBF"
             "cat\n") == "cat\n");  // one by each of two programs
  CHECK_THROWS_WITH_AS(static_cast<void>(read(std::string{"\xFF\xFE\0\0c\0\0\0", 8})),
                       (file + ":1: expected UTF-8, found UTF-32").c_str(), mll::parse_error);
  CHECK(read("cat\xEF\xBB\xBF") == "cat\xEF\xBB\xBF");
  std::istringstream stream{
      "\xEF\xBB\xBF"
      "dog"};
  CHECK(text_file::read(stream, "s").content == "dog");
  CHECK_THROWS_WITH_AS(static_cast<void>(read(std::string{"\xFF\xFE"
                                                          "c\0a\0",
                                                          6})),
                       (file + ":1: expected UTF-8, found UTF-16").c_str(), mll::parse_error);
  CHECK_THROWS_WITH_AS(
      static_cast<void>(read("version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 5\n")),
      (file + ": expected the content of the file (git lfs pull), found a pointer of git-lfs").c_str(),
      mll::parse_error);
}

TEST_CASE("for_each_numbered_line gives blank lines, but not those at the end") {
  std::vector<std::string> lines;
  for_each_numbered_line(text_file{"f", "\na\r\n \n\r\n\n"}, last_line::must_end,
                         [&](const line_parser& line) { lines.emplace_back(line.rest()); });
  CHECK(lines == std::vector<std::string>{"", "a", " "});
  lines.clear();
  // One CR belongs to the end of a line.
  CHECK_THROWS_WITH_AS(for_each_numbered_line(text_file{"f", "a\r\r\nb\r\r\n\r\n"}, last_line::must_end,
                                              [](const line_parser&) {}),
                       "f:1: expected a line without NUL or CR inside, found 'a\\r'", mll::parse_error);
}

TEST_CASE("NUL and CR inside a line are refused: UTF-16 without a mark, unwritten blocks, old line ends") {
  using namespace std::string_literals;
  for (const std::string& line : {"one\0"s, "\0\0\0"s, "o\0n\0e\0"s, "one\rtwo"s, "one\rtwo\r\r"s}) {
    CAPTURE(line);
    CHECK_THROWS_AS(static_cast<void>(lines_of("good\n" + line + "\nlast\n")), mll::parse_error);
  }
  CHECK_THROWS_WITH_AS(static_cast<void>(lines_of("a\nb\0c\n"s)),
                       "f:2: expected a line without NUL or CR inside, found 'b\\x00c'", mll::parse_error);
}

TEST_CASE("for_each_line counts lines, drops their ends and skips blank ones") {
  CHECK(lines_of("a\nb\r\n\nc") == std::vector<std::string>{"1 a", "2 b", "4 c"});
  CHECK(lines_of("\n \t\r\n\xC2\xA0\na\n\n\n", last_line::must_end) == std::vector<std::string>{"4 a"});
  const auto ignore = [](const line_parser&) {};
  CHECK(for_each_line(text_file{"f", "\na\n \nb\n\n"}, last_line::must_end, ignore) == 2);
  CHECK(lines_of("").empty());
  CHECK_THROWS_WITH_AS((void)lines_of("a\nb", last_line::must_end),
                       "f:2: expected a complete line with an end, found 'b' and the end of the file",
                       mll::parse_error);
  CHECK_THROWS_WITH_AS((void)lines_of("a\nb\xFF\n"), "f:2: expected UTF-8, found the bytes 'b\\xFF'",
                       mll::parse_error);
}

TEST_CASE("line_parser takes fields and numbers from left to right") {
  line_parser line{"f", 7, "a,12,ff,rest of it"};
  CHECK(line.field("a letter", ',') == "a");
  CHECK(line.number<int>("a number", 10, ',') == 12);
  CHECK(line.number<std::uint8_t>("a byte", 16, ',') == 255);
  CHECK(line.rest() == "rest of it");
  CHECK(line.field("text", ',') == "rest of it");
  CHECK_THROWS_WITH_AS((void)line.field("more"), "f:7: expected more, found the end of the line",
                       mll::parse_error);
  CHECK_THROWS_WITH_AS((void)(line_parser{"f", 1, ",b"}.field("text", ',')),
                       "f:1: expected text, found an empty field", mll::parse_error);
  CHECK_THROWS_WITH_AS((void)(line_parser{"f", 1, "300"}.number<std::uint8_t>("a byte")),
                       "f:1: expected a byte, found '300'", mll::parse_error);
  CHECK_THROWS_WITH_AS((void)(line_parser{"f", 1, "3x"}.number<int>("a number")),
                       "f:1: expected a number, found '3x'", mll::parse_error);
}
