#include "mll/core/text/text_file.hpp"

#include <doctest/doctest.h>

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

TEST_CASE("in_quotes shows at most 40 printable bytes") {
  CHECK(mll::detail::in_quotes("") == "nothing");
  CHECK(mll::detail::in_quotes("a\tb\xFF") == "'a?b?'");
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
}

TEST_CASE("for_each_line counts lines and drops their ends") {
  CHECK(lines_of("a\nb\r\n\nc") == std::vector<std::string>{"1 a", "2 b", "3 ", "4 c"});
  CHECK(lines_of("").empty());
  CHECK_THROWS_WITH_AS((void)lines_of("a\nb", last_line::must_end),
                       "f:2: expected a complete line with an end, found 'b' and the end of the file",
                       mll::parse_error);
  CHECK_THROWS_WITH_AS((void)lines_of("a\nb\xFF\n"), "f:2: expected UTF-8, found the bytes 'b?'",
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
