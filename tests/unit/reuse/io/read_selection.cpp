// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/reuse/io/read_selection.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>

#include "mll/core/error.hpp"
#include "mll/core/io/crc64.hpp"
#include "mll/core/io/sections.hpp"
#include "mll/core/io/temporary_folder.hpp"
#include "mll/core/io/values.hpp"
#include "mll/reuse/io/write_selection.hpp"
#include "support/small_selection.hpp"

namespace {

// `small_selection` as version 1 writes it.
constexpr std::string_view version_1 =
    "894d4c4c53454c0a01000000090000005441534b010000004400000000000000020000000000000005000000000000006372"
    "616e651200000000000000612074616c6c20776164696e672062697264050000000000000067656573650000000000000000"
    "53454e53000000000e0100000000000002000000000000000200000000000000050000000002000000000000000100000000"
    "0000000300000000000000000000000000d03f000000000000f83f0400000000000000000000000000e83f06000000060100"
    "0000000000000100000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000d03f05000000020000000000000005000000000000000000f03f09000000000000000000e03f04000000000000000000"
    "000000000000000100000000000000010000000000000000000000ffffffff00000000000000000000000000000000040100"
    "0000000000000500000000000000676f6f7365000000000000000000efcdab89674523014d45544800000000100000000000"
    "000004000000000000006368636f0000803e454e534501000000790000000000000003000000000000000100000000000000"
    "0100000001000000ffffffff000000000102000000000000000200000000000000000000000000403f00000040000080bf00"
    "00003e020000000000803e0000803f00000000000000000100000000000000010000000000803f0000803f00000000000000"
    "000000c03f434f5252010000009c0000000000000003000000000000000100000000000000000080bf000000000000803f03"
    "0000000000000001000000000000000000003f0000003f0000003f030000000000000002000000000000000000803f000000"
    "3f00000040000080bf000000bf00000000020000000000000001000000000000000000803e0000803e0000003e0200000000"
    "00000002000000000000000000803f0000404000000040000080404d4f444c010000006f0000000000000002000000000000"
    "000100000005000000000000006269726473020000000000000005000000000000006372616e650500000000000000676f6f"
    "73650300000000000000616263ffffffff0d0000000000000067656e6572616c206d6f64656c000000000000000000000000"
    "0000000057485953000000004600000000000000010000000000000000000000010000000000000005000000000000006269"
    "72647305000000000000006372616e650000403f6666663f01000000cdcc4c3e3333333f0000003e45535449000000004000"
    "000000000000cdccccccccccec3f9a9999999999e93f666666666666ee3f0200000000000000000000000000f03f9a999999"
    "9999e93f333333333333eb3f000000000000f43f47454e450100000024000000000000000200000000000000020000000000"
    "00000000803f000000009a99193fcdcc4c3f0000c842bbabef7056ef9867";

std::string from_hex(std::string_view digits) {
  std::string out;
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    out += static_cast<char>(value(digits[i]) * 16 + value(digits[i + 1]));
  return out;
}

std::string to_hex(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) {
    out += "0123456789abcdef"[static_cast<unsigned char>(byte) / 16];
    out += "0123456789abcdef"[static_cast<unsigned char>(byte) % 16];
  }
  return out;
}

mll::selection decode(const std::string& bytes) {
  return mll::detail::decode_selection(mll::detail::file_bytes::of(bytes, "task.mllsel"));
}

}  // namespace

TEST_CASE("files of version 1 stay readable, and version 1 is what is written") {
  const auto read = decode(from_hex(version_1));
  const auto expected = mll::test::small_selection();
  CHECK(to_hex(mll::detail::encode_selection(read)) == version_1);
  CHECK(to_hex(mll::detail::encode_selection(expected)) == version_1);
  CHECK(read.match.task[mll::class_id{0U}].caption == "a tall wading bird");
  CHECK(read.match.classes[0].runner_up()->node == mll::node_id{6U});
  CHECK(read.match.classes[0].evidence == expected.match.classes[0].evidence);
  CHECK(read.match.classes[1].suggestions == expected.match.classes[1].suggestions);
  CHECK(read.match.graph == expected.match.graph);
  CHECK_FALSE(read.match.exact);
  CHECK(read.method == "chco");
  CHECK(read.threshold == 0.25F);
  CHECK(read.ensemble.heads == expected.ensemble.heads);
  CHECK(read.ensemble.correction->weights == expected.ensemble.correction->weights);
  CHECK(read.models[0].head_names == expected.models[0].head_names);
  CHECK(read.models[0].fingerprint == "abc");
  CHECK(read.reasons[0].name == "crane");
  CHECK(read.estimate->per_class == expected.estimate->per_class);
  CHECK(read.general_texts == expected.general_texts);
}

TEST_CASE("what tells samples of the task from others is kept, and older readers may skip it") {
  auto chosen = mll::test::small_selection();
  chosen.membership = mll::test::small_membership();
  const std::string bytes = mll::detail::encode_selection(chosen);
  const auto read = decode(bytes);
  REQUIRE(read.membership);
  CHECK(read.membership->heads == chosen.membership->heads);
  CHECK(read.membership->weights == chosen.membership->weights);
  CHECK(read.membership->bias == chosen.membership->bias);
  CHECK(read.membership->task_nodes == 2);
  CHECK(mll::detail::encode_selection(read) == bytes);
  const std::size_t section = bytes.find("MEMB");
  REQUIRE(section != std::string::npos);
  CHECK(bytes.substr(section + 4, 4) == std::string(4, '\0'));  // not required
  CHECK_FALSE(decode(from_hex(version_1)).membership);
}

TEST_CASE("a learnt shift is kept, the default one is not written") {
  auto chosen = mll::test::small_selection();
  CHECK(mll::detail::encode_selection(chosen).find("SHFT") == std::string::npos);
  chosen.shift = mll::shift_fit::of_distorted_images();
  const std::string bytes = mll::detail::encode_selection(chosen);
  CHECK(decode(bytes).shift == chosen.shift);
  CHECK(decode(from_hex(version_1)).shift == mll::shift_fit{});
}

TEST_CASE("a file that is damaged, cut off or of another kind is refused with its name") {
  const std::string sound = mll::detail::encode_selection(mll::test::small_selection());
  for (std::size_t i = 0; i < sound.size(); i += 3) {
    CAPTURE(i);
    std::string changed = sound;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    CHECK_THROWS_AS((void)decode(changed), mll::parse_error);
    CHECK_THROWS_AS((void)decode(sound.substr(0, i)), mll::parse_error);
  }
  CHECK_THROWS_WITH_AS((void)decode("{\"json\": 1}"),
                       "task.mllsel: expected a selection of mll, found another kind of file",
                       mll::parse_error);
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "none.mllsel";
  CHECK_THROWS_AS((void)mll::read_selection(file), mll::parse_error);
  std::ofstream{file};
  CHECK_THROWS_WITH_AS((void)mll::read_selection(file),
                       (file.string() + ": expected a selection of mll, found an empty file").c_str(),
                       mll::parse_error);
}

TEST_CASE("a section of a later version is refused if answers depend on it") {
  const std::string sound = mll::detail::encode_selection(mll::test::small_selection());
  const auto with_section = [&](std::uint32_t flags) {
    std::string out = sound.substr(0, sound.size() - 8);
    mll::detail::value_writer more;
    more(flags, std::uint64_t{3});
    out += "NEWS" + more.bytes + "abc";
    ++out[12];  // sections
    mll::detail::value_writer sum;
    sum(mll::detail::crc64(out));
    return out + sum.bytes;
  };
  CHECK(mll::detail::encode_selection(decode(with_section(0))) == sound);
  CHECK_THROWS_WITH_AS(
      (void)decode(with_section(mll::detail::required_section)),
      "task.mllsel: expected sections that this version of mll knows, found 'NEWS', which it must know",
      mll::parse_error);
}
