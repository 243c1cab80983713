// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/tables/read_vector_set.hpp"

#include <doctest/doctest.h>

#include <string>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/embed/tables/write_vector_set.hpp"
#include "support/files.hpp"
#include "support/npy_text.hpp"

namespace {

std::string npy(const std::string& header, std::size_t numbers, std::uint8_t version = 1) {
  return mll::test::npy_text(header, std::string(numbers, 'x'), version);
}
mll::detail::npy_matrix parse(const std::string& bytes) {
  return mll::detail::parse_npy_matrix(mll::detail::file_bytes::of(bytes, "v.npy"));
}

}  // namespace

TEST_CASE_TEMPLATE("read_vector_set maps what write_vector_set writes", T, float, Eigen::half) {
  const mll::detail::temporary_folder folder;
  const auto path = folder.path() / "v.npy";
  mll::matrix<T> values(3, 5);
  for (Eigen::Index i = 0; i < values.size(); ++i)
    values.data()[i] = static_cast<T>(static_cast<float>(i) / 4);
  mll::write_vector_set(path, mll::vector_set<T>{values});
  const auto read = mll::read_vector_set<T>(path);
  std::filesystem::remove(path);
  CHECK(read.rows() == values);
}

TEST_CASE("read_vector_set reads headers of each version of the format") {
  for (const auto version : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}}) {
    const auto found =
        parse(npy("{'descr': '<f2', 'fortran_order': False, 'shape': (2, 3), }\n", 12, version));
    CHECK(found.type == mll::detail::stored_as::float16);
    CHECK(found.rows == 2);
    CHECK(found.columns == 3);
    CHECK(found.first == (version == 1 ? 10 : 12) + 60);
  }
  CHECK(parse(npy("{'shape':(1,2),'fortran_order':False,'descr':'<f4'}", 8)).columns == 2);
}

TEST_CASE("read_vector_set rejects a .npy file that is not a matrix of vectors") {
  const auto refuses = [](const std::string& bytes, const char* message) {
    CHECK_THROWS_WITH_AS(parse(bytes), message, mll::parse_error);
  };
  const auto header = [](const char* type, const char* order, const char* shape) {
    return std::string{"{'descr': '"} + type + "', 'fortran_order': " + order + ", 'shape': " + shape + "}";
  };
  for (const char* none : {"", ",", "5", "[2, 3]"}) {
    CHECK_THROWS_AS(parse(npy(header("<f4", "False", none), 24)), mll::parse_error);
  }
  refuses("", "v.npy: expected a .npy file, found something else");
  refuses(npy(header("<f4", "False", "(4,)"), 16), "v.npy: expected two dimensions above 0, found shape [4]");
  for (const char* shape : {"(4,)", "()", "(2, 0)", "(1, 2, 2)", "(-1, 4)", "(a, b)", "3"}) {
    CHECK_THROWS_AS(parse(npy(header("<f4", "False", shape), 16)), mll::parse_error);
  }
  refuses(npy(header("<f4", "False", "(2, 2)"), 12),
          "v.npy: expected 16 bytes for shape [2, 2] of '<f4', found 12");
  refuses(npy(header("<f4", "False", "(4611686018427387904, 4)"), 16),
          "v.npy: expected more than 2^64 bytes for shape [4611686018427387904, 4] of '<f4', found 16");
}

TEST_CASE("read_vector_set rejects another precision") {
  const mll::detail::temporary_folder folder;
  const auto path = folder.path() / "v.npy";
  mll::write_vector_set(path, mll::vector_set{mll::matrix<float>(mll::matrix<float>::Ones(1, 1))});
  CHECK_THROWS_WITH_AS((void)mll::read_vector_set<Eigen::half>(path),
                       (path.string() + ": expected values of type '<f2', found '<f4'").c_str(),
                       mll::parse_error);
}

TEST_CASE("read_vector_set converts numbers that it cannot use in place") {
  const mll::detail::temporary_folder folder;
  const auto path = folder.path() / "v.npy";
  const auto expected = (mll::matrix<float>(2, 2) << 1, 2, 3, 4).finished();
  const auto write = [&](const char* type, const char* order, const std::string& data,
                         const char* padding = "") {
    mll::test::write_file(
        path, mll::test::npy_text(std::string{"{'descr': '"} + type + "', 'fortran_order': " + order +
                                      ", 'shape': (2, 2)}" + padding,
                                  data));
  };
  write("|u1", "False", "\1\2\3\4");
  CHECK(mll::read_vector_set(path).rows() == expected);
  write("|i1", "True", "\1\3\2\4");
  CHECK(mll::read_vector_set(path).rows() == expected);
  const std::string halves{"\x3c\0\x40\0\x42\0\x44\0", 8};  // 1, 2, 3, 4
  write(">f2", "False", halves);
  CHECK(mll::read_vector_set(path).rows() == expected);
  CHECK(mll::read_vector_set<Eigen::half>(path).rows().cast<float>() == expected);
  for (const char* padding : {"", " ", "  ", "   "}) {  // not aligned
    write("<f4", "False", std::string{"\0\0\x80\x3f\0\0\0\x40\0\0\x40\x40\0\0\x80\x40", 16}, padding);
    CHECK(mll::read_vector_set(path).rows() == expected);
  }
  write("<c8", "False", std::string(32, '\0'));
  CHECK_THROWS_WITH_AS(
      (void)mll::read_vector_set(path),
      (path.string() +
       ": expected real numbers of at most 64 bits, such as '<f4', '<f8' or '|u1', found '<c8'")
          .c_str(),
      mll::parse_error);
}
