// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/text/utf8.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using mll::is_valid_utf8;

namespace {

std::string encode(std::uint32_t c) {
  const auto tail = [&](unsigned shift) { return static_cast<char>(0x80U | ((c >> shift) & 0x3FU)); };
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xC0U | (c >> 6U)), tail(0)};
  if (c < 0x10000) return {static_cast<char>(0xE0U | (c >> 12U)), tail(6), tail(0)};
  return {static_cast<char>(0xF0U | (c >> 18U)), tail(12), tail(6), tail(0)};
}

}  // namespace

TEST_CASE("is_valid_utf8 accepts all code points except surrogates") {
  std::size_t wrong = 0;
  for (std::uint32_t c = 0; c < 0x110000; ++c) {
    const bool surrogate = c >= 0xD800 && c < 0xE000;
    if (is_valid_utf8(encode(c)) == surrogate) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("is_valid_utf8 rejects broken bytes") {
  CHECK(is_valid_utf8(""));
  CHECK(is_valid_utf8("na\xc3\xafve \xe2\x82\xac \xf0\x9f\x90\xb6"));
  CHECK_FALSE(is_valid_utf8("\x80"));
  CHECK_FALSE(is_valid_utf8("a\xc3"));
  CHECK_FALSE(is_valid_utf8("\xc3(x"));
  CHECK_FALSE(is_valid_utf8("\xe2\x82"));
  CHECK_FALSE(is_valid_utf8("\xf0\x9f\x90"));
  CHECK_FALSE(is_valid_utf8("\xff"));
}

TEST_CASE("is_valid_utf8 rejects overlong forms and code points beyond Unicode") {
  CHECK_FALSE(is_valid_utf8("\xc0\xaf"));
  CHECK_FALSE(is_valid_utf8("\xc1\xbf"));
  CHECK_FALSE(is_valid_utf8("\xe0\x9f\xbf"));
  CHECK_FALSE(is_valid_utf8("\xf0\x8f\xbf\xbf"));
  CHECK_FALSE(is_valid_utf8("\xf4\x90\x80\x80"));
  CHECK_FALSE(is_valid_utf8("\xf5\x80\x80\x80"));
}
