// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/io/npy_header.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mll/core/detail/visible_text.hpp"
#include "support/npy_text.hpp"

namespace {

using npy_extents = std::vector<std::size_t>;
using mll::test::npy_text;

mll::detail::npy_header parsed_header(const std::string& bytes) {
  return mll::detail::parse_npy_header(mll::detail::file_bytes::of(bytes, "x.npy"));
}

void refuses_header(const std::string& bytes, const std::string& message) {
  CHECK_THROWS_WITH_AS(static_cast<void>(parsed_header(bytes)), message.c_str(), mll::parse_error);
}

std::string npy_dictionary_text(const std::string& type, const std::string& shape,
                                const std::string& order = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
}

}  // namespace

TEST_CASE("a .npy header says type, order, shape and where the values begin, in versions 1 to 3") {
  for (const auto version : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}}) {
    CAPTURE(version);
    const std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }   \n";
    const auto header = parsed_header(npy_text(dictionary, std::string(48, 'x'), version));
    CHECK(header.type == mll::detail::npy_type{'f', 4});
    CHECK_FALSE(header.column_major);
    CHECK(header.shape == npy_extents{3, 4});
    CHECK(header.data_begin == (version == 1 ? 10 : 12) + dictionary.size());
  }
}

TEST_CASE("every way to write a .npy header is read") {
  const auto of = [](const std::string& dictionary, std::size_t bytes) {
    return parsed_header(npy_text(dictionary, std::string(bytes, 'x')));
  };
  CHECK(of("{'shape':(7,),'fortran_order':True,'descr':'|u1'}\n", 7).column_major);
  CHECK(of("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 4).shape ==
        npy_extents{1});  // no line end
  CHECK(of("{\"descr\": \"<i8\", \"fortran_order\": False, \"shape\": (2,)}\n", 16).type.bytes == 8);
  CHECK(of("{ 'descr' :\t'<f2' ,\r\n 'fortran_order': False , 'shape': ( 2 , 3 ) , }", 12).shape ==
        npy_extents{2, 3});
  CHECK(of(npy_dictionary_text("<f4", "(3L, 1L)"), 12).shape == npy_extents{3, 1});  // Python 2
  CHECK(of("{u'descr': u'<f4', u'fortran_order': False, u'shape': (1,)}", 4).shape == npy_extents{1});
  CHECK(of(npy_dictionary_text(">f4", "(1,)"), 4).big_endian);
  CHECK_FALSE(of(npy_dictionary_text("=f4", "(1,)"), 4).big_endian);
  CHECK_FALSE(of(npy_dictionary_text(">u1", "(1,)"), 1).big_endian);
  CHECK(of(npy_dictionary_text("<f8", "()"), 8).shape.empty());
  CHECK(of(npy_dictionary_text("<c8", "(1, 2, 3,)"), 48).shape == npy_extents{1, 2, 3});
  CHECK(of(npy_dictionary_text("|b1", "(2,)"), 2).type == mll::detail::npy_type{'b', 1});
  CHECK(of(npy_dictionary_text("<u1", "(2,)"), 2).type == mll::detail::npy_type{'u', 1});
  CHECK(of(npy_dictionary_text("<f4", "(9223372036854775807, 0)"), 0).shape ==
        npy_extents{9223372036854775807U, 0});
}

TEST_CASE("what is not a .npy file of a known version is refused") {
  refuses_header("", "x.npy: expected a .npy file, found something else");
  refuses_header("\x93numpy", "x.npy: expected a .npy file, found something else");
  refuses_header("\x93NUMPY", "x.npy: expected 1 bytes (the version) at byte 6, found 0");
  refuses_header(npy_text("{}", "", 4),
                 "x.npy: expected version 1.0, 2.0 or 3.0 of the .npy format, found 4.0");
  refuses_header(std::string{"\x93NUMPY\x01\x02\x00\x00", 10},
                 "x.npy: expected version 1.0, 2.0 or 3.0 of the .npy format, found 1.2");
  refuses_header(npy_text("{}").substr(0, 11), "x.npy: expected 2 bytes (the header) at byte 10, found 1");
  refuses_header(std::string{"\x93NUMPY\x02\x00\xff\xff\xff\xff{}", 14},
                 "x.npy: expected 4294967295 bytes (the header) at byte 12, found 2");
}

TEST_CASE("malformed .npy dictionaries are refused") {
  for (const char* extents :
       {"(-1,)", "(9223372036854775808,)", "(99999999999999999999999999,)", "(1e9,)", "(0x10,)", "(1 2)",
        "(,)", "(1,,2)", "(1", "1", "[1]", "(1, 'a')", "", "(1.5,)", "(+1,)", "(1LL,)"}) {
    CAPTURE(extents);
    const std::string text = npy_dictionary_text("<f4", extents);
    refuses_header(npy_text(text),
                   "x.npy: expected a header with 'descr', 'fortran_order' and 'shape', found '" +
                       mll::detail::visible_text(text.substr(0, 60)) + "'");
  }
  for (const char* text : {"", "\n", "{\n", "{}\n", "{'descr'}\n", "{'descr': '<f4'}\n",
                           "{'descr': '<f4', 'fortran_order': Maybe}\n",
                           "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}\n",
                           "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}\n",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}\n",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} {}\n",
                           "{'descr: '<f4', 'fortran_order': False, 'shape': (1,)}\n"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(static_cast<void>(parsed_header(npy_text(text, "1234"))), mll::parse_error);
  }
  CHECK_THROWS_AS(static_cast<void>(parsed_header(npy_text("{'descr': '<f" + std::string(60'000, '4')))),
                  mll::parse_error);
  CHECK_THROWS_AS(static_cast<void>(parsed_header(npy_text("{'shape': (" + std::string(65'000, '(')))),
                  mll::parse_error);
}

TEST_CASE(".npy types that are not numbers are refused") {
  for (const char* type : {"f4", "<", "", "<f", "<f0", "<f-4", "<f4 ", "<U4", "|S4", "|O", "<M8[ns]", "|f4",
                           "<f99999999999999999999"}) {
    CAPTURE(type);
    refuses_header(npy_text(npy_dictionary_text(type, "(1,)"), "1234"),
                   "x.npy: expected numbers, such as '<f4' or '|u1', found '" + std::string{type} + "'");
  }
  refuses_header(npy_text(npy_dictionary_text("<f" + std::string(60'000, '4'), "(1,)"), "1234"),
                 "x.npy: expected numbers, such as '<f4' or '|u1', found '<f" + std::string(58, '4') + "'");
}

TEST_CASE("a .npy header that claims what the file does not hold is refused before memory is asked for") {
  const auto refuses_shape = [](const char* shape, std::size_t bytes, const std::string& message) {
    refuses_header(npy_text(npy_dictionary_text("<f4", shape), std::string(bytes, 'x')),
                   "x.npy: expected " + message);
  };
  refuses_shape("(2, 2)", 12, "16 bytes for shape [2, 2] of '<f4', found 12");
  refuses_shape("(2, 2)", 17, "16 bytes for shape [2, 2] of '<f4', found 17");
  refuses_shape("(0, 4)", 16, "0 bytes for shape [0, 4] of '<f4', found 16");
  refuses_shape("(1152921504606846976, 1)", 16,
                "4611686018427387904 bytes for shape [1152921504606846976, 1] of '<f4', found 16");
  refuses_shape("(1152921504606846976, 16)", 0,
                "more than 2^64 bytes for shape [1152921504606846976, 16] of '<f4', found 0");
  refuses_shape("(4611686018427387904, 1)", 0,
                "more than 2^64 bytes for shape [4611686018427387904, 1] of '<f4', found 0");
  refuses_shape("(4294967296, 4294967296)", 16,
                "more than 2^64 bytes for shape [4294967296, 4294967296] of '<f4', found 16");
}

TEST_CASE("a .npy header is written as NumPy writes it") {
  std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }";
  dictionary.resize(117, ' ');
  const std::string header = mll::detail::format_npy_header({'f', 4}, 1, 2);
  CHECK(header == npy_text(dictionary + "\n"));
  CHECK(header.size() == 128);
  CHECK(parsed_header(header + "12345678").shape == npy_extents{1, 2});
  CHECK(mll::detail::npy_type_name({'u', 1}) == "|u1");
  CHECK(mll::detail::npy_shape(npy_extents{3, 4}) == "[3, 4]");
  CHECK(mll::detail::npy_shape(npy_extents{}) == "[]");
}
