// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/io/sections.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include "mll/core/error.hpp"

namespace {

using mll::detail::file_bytes;
using mll::detail::section_reader;

constexpr mll::detail::section_format format{"\x89MLLTST\n", "a test file", 2};

std::string two_sections(std::uint32_t flags_of_second = 0) {
  mll::detail::section_writer out{format};
  mll::detail::value_writer number;
  number(std::uint32_t{42});
  out.add("ONE ", mll::detail::required_section, number.bytes);
  out.add("TWO ", flags_of_second, "");
  return std::move(out).finish();
}

void read_one(const std::string& bytes) {
  const auto file = file_bytes::of(bytes, "f");
  section_reader in{file, format};
  std::uint32_t value = 0;
  in.require("ONE ", [&](mll::detail::value_reader& from) { from(value); });
  in.finish();
  CHECK(value == 42);
}

void reseal(std::string& bytes) {
  bytes.resize(bytes.size() - 8);
  mll::detail::value_writer sum;
  sum(mll::detail::crc64(bytes));
  bytes += sum.bytes;
}

}  // namespace

TEST_CASE("sections are found by tag; an unknown one is skipped unless it is required") {
  read_one(two_sections());
  CHECK_THROWS_WITH_AS(
      read_one(two_sections(mll::detail::required_section)),
      "f: expected sections that this version of mll knows, found 'TWO ', which it must know",
      mll::parse_error);
  const auto file = file_bytes::of(two_sections(), "f");
  section_reader in{file, format};
  CHECK_FALSE(in.find("NONE", [](mll::detail::value_reader&) {}));
  CHECK_THROWS_WITH_AS(in.require("NONE", [](mll::detail::value_reader&) {}),
                       "f: expected section 'NONE', found none", mll::parse_error);
  CHECK_THROWS_WITH_AS(in.require("ONE ", [](mll::detail::value_reader&) {}),
                       "f, section ONE : expected the end of the section at byte 0, found 4 bytes",
                       mll::parse_error);
}

TEST_CASE("every changed or missing byte of a file of sections is noticed") {
  const std::string sound = two_sections();
  for (std::size_t i = 0; i < sound.size(); ++i) {
    CAPTURE(i);
    CHECK_THROWS_AS(read_one(sound.substr(0, i)), mll::parse_error);
    std::string changed = sound;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_THROWS_AS(read_one(changed), mll::parse_error);
  }
  CHECK_THROWS_AS(read_one(sound + 'x'), mll::parse_error);
  std::string other = sound;
  other[20] = 7;
  CHECK_THROWS_WITH_AS(read_one("PK\3\4"), "f: expected a test file, found another kind of file",
                       mll::parse_error);
  std::string later = sound;
  later[8] = 3;
  reseal(later);
  CHECK_THROWS_WITH_AS(
      read_one(later),
      "f: expected a test file of version 1 to 2, found version 3, written by a later version of mll",
      mll::parse_error);
  std::string earlier = sound;
  earlier[8] = 1;
  reseal(earlier);
  read_one(earlier);
  std::string damaged = sound;
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  CHECK_THROWS_WITH_AS(read_one(damaged),
                       "f: expected the checksum of its content, found another one: the file is damaged",
                       mll::parse_error);
}
