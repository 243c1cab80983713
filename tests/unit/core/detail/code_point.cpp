// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/detail/code_point.hpp"

#include <doctest/doctest.h>

#include <string_view>

using mll::detail::first_code_point;

TEST_CASE("first_code_point decodes characters of one to four bytes") {
  const auto is = [](std::string_view text, char32_t value, std::size_t bytes) {
    const auto c = first_code_point(text);
    return c.valid && c.value == value && c.bytes == bytes;
  };
  CHECK(is("ab", U'a', 1));
  CHECK(is("\xC3\xA4x", 0xE4, 2));
  CHECK(is("\xE2\x82\xAC", 0x20AC, 3));
  CHECK(is("\xF0\x9F\x90\xB6", 0x1F436, 4));
}

TEST_CASE("a byte that begins no character counts for itself") {
  for (const std::string_view text : {"\x80", "\xC3", "\xC3(", "\xE2\x82", "\xC0\xAF", "\xE0\x9F\xBF",
                                      "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF"}) {
    CAPTURE(text);
    CHECK_FALSE(first_code_point(text).valid);
    CHECK(first_code_point(text).bytes == 1);
  }
}

TEST_CASE("is_blank knows the blanks and marks of Unicode") {
  using mll::detail::is_blank;
  for (const std::string_view text : {"", " \t\r\n", "\xC2\xA0", "\xE3\x80\x80", "\xE2\x80\x8B\xE2\x80\x8D",
                                      "\xEF\xBB\xBF", "\xC2\xAD", "\x7F"}) {
    CAPTURE(text);
    CHECK(is_blank(text));
  }
  for (const std::string_view text : {"a", " .", "\xC3\xA4", "\xE2\x80\x99", "\xFF"}) {
    CAPTURE(text);
    CHECK_FALSE(is_blank(text));
  }
}
