// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/io/file_bytes.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

namespace {

void refuses_bytes(const auto& read, const char* message) {
  CHECK_THROWS_WITH_AS(static_cast<void>(read()), message, mll::parse_error);
}

}  // namespace

TEST_CASE("bytes of a text are kept as long as a copy of them lives") {
  mll::detail::file_bytes copy;
  {
    const auto bytes = mll::detail::file_bytes::of("content", "x");
    copy = bytes;
  }
  CHECK(copy.content == "content");
  CHECK(copy.name == "x");
}

TEST_CASE("a parser of bytes reads numbers, texts and bytes in order") {
  const auto bytes = mll::detail::file_bytes::of(std::string{"\x01\x02\x03\x04\xff\xff word end", 15}, "x");
  mll::detail::byte_parser in{bytes};
  CHECK(in.number<std::uint32_t>("a number") == 0x04030201);
  CHECK(in.number<std::int16_t>("a number") == -1);
  CHECK(in.position() == 6);
  CHECK_FALSE(in.skip_if('x'));
  CHECK(in.skip_if(' '));
  CHECK(in.text(' ', 4, "a word") == "word");
  CHECK(in.left() == 3);
  CHECK(in.skip(3, "the rest") == 12);
  CHECK(in.left() == 0);
  CHECK_FALSE(in.skip_if('x'));
}

TEST_CASE("a parser of bytes names file and byte of what is missing") {
  const auto bytes = mll::detail::file_bytes::of("abcdefgh", "x");
  mll::detail::byte_parser in{bytes};
  in.skip(2, "a mark");
  refuses_bytes([&] { return in.number<std::uint64_t>("a count"); },
                "x: expected 8 bytes (a count) at byte 2, found 6");
  refuses_bytes([&] { return in.skip(static_cast<std::size_t>(-1), "a row"); },
                "x: expected 18446744073709551615 bytes (a row) at byte 2, found 6");
  refuses_bytes([&] { return in.text(' ', 3, "a word"); },
                "x: expected a word at byte 2, found none within 3 bytes");
  refuses_bytes([&] { return in.text(' ', 100, "a word"); },
                "x: expected a word at byte 2, found the end of the file");
  CHECK(in.position() == 2);
  CHECK(in.text('h', 5, "a word") == "cdefg");
  refuses_bytes([&]() -> int { in.reject("a number", "'cdefg'"); },
                "x: expected a number at byte 2, found 'cdefg'");
}
