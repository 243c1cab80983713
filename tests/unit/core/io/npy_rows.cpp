// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/io/npy_rows.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "mll/core/io/npy.hpp"
#include "mll/core/io/temporary_folder.hpp"
#include "support/npy_text.hpp"

namespace {

mll::npy_rows npy_rows_of(const std::string& type, const std::string& order, const std::string& shape,
                          const std::string& data) {
  return mll::npy_rows{mll::detail::file_bytes::of(
      mll::test::npy_text(
          "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + "}\n", data),
      "x.npy")};
}

/// The numbers 1 to 6 as a matrix of 2 rows in this type, byte order and order of the array.
template <class T>
std::string one_to_six(bool big_endian, bool column_major) {
  std::string out;
  for (const int value : column_major ? std::vector{1, 4, 2, 5, 3, 6} : std::vector{1, 2, 3, 4, 5, 6}) {
    const T number = static_cast<T>(value);
    std::string bytes(sizeof(T), '\0');
    std::memcpy(bytes.data(), static_cast<const void*>(&number), sizeof(T));
    if (big_endian) std::reverse(bytes.begin(), bytes.end());
    out += bytes;
  }
  return out;
}

}  // namespace

TEST_CASE_TEMPLATE("npy_rows reads every real type, byte order and order of the array", T, float, double,
                   Eigen::half, std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t,
                   std::uint16_t, std::uint32_t, std::uint64_t) {
  const auto expected = (mll::matrix<float>(2, 3) << 1, 2, 3, 4, 5, 6).finished();
  const std::string type = mll::detail::npy_type_name(mll::detail::npy_type_of<T>());
  for (const bool big_endian : {false, true}) {
    for (const bool column_major : {false, true}) {
      CAPTURE(big_endian);
      CAPTURE(column_major);
      const auto rows =
          npy_rows_of(sizeof(T) == 1 ? type : (big_endian ? ">" : "<") + type.substr(1),
                      column_major ? "True" : "False", "(2, 3)", one_to_six<T>(big_endian, column_major));
      CHECK(rows.size() == 2);
      CHECK(rows.columns() == 3);
      CHECK(rows.all() == expected);
    }
  }
}

TEST_CASE("npy_rows rounds to the nearest float") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.npy";
  constexpr double largest = std::numeric_limits<float>::max();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  mll::write_npy(file,
                 (mll::matrix<double>(1, 5) << 0.1, -1e-60, largest, -infinity, 16777217).finished().eval());
  CHECK(mll::npy_rows{file}.all() ==
        (mll::matrix<float>(1, 5) << 0.1F, 0, std::numeric_limits<float>::max(), -infinity, 16777216)
            .finished());
  mll::write_npy(file, mll::matrix<std::int64_t>(mll::matrix<std::int64_t>::Constant(1, 1, -(1LL << 40))));
  CHECK(mll::npy_rows{file}.all()(0, 0) == -0x1p40F);
  CHECK(npy_rows_of("|b1", "False", "(3,)", std::string{"\0\1\2", 3}).all() ==
        (mll::matrix<float>(3, 1) << 0, 1, 1).finished());
}

TEST_CASE("npy_rows refuses a number beyond the range of float by row and column") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.npy";
  mll::matrix<double> values = mll::matrix<double>::Ones(4, 3);
  values(2, 1) = -1e300;
  mll::write_npy(file, values);
  const mll::npy_rows rows{file};
  CHECK_THROWS_WITH_AS(
      static_cast<void>(rows.all()),
      (file.string() + ": expected numbers within the range of float32, found -1e+300 in row 2, column 1")
          .c_str(),
      mll::parse_error);
  std::vector<float> row(3);
  rows.read(3, row);
  CHECK(row == std::vector<float>(3, 1));
}

TEST_CASE("npy_rows names a type or shape that is not real numbers in rows") {
  const auto refuses = [](const std::string& type, const std::string& shape, std::size_t bytes,
                          const std::string& message) {
    CHECK_THROWS_WITH_AS(npy_rows_of(type, "False", shape, std::string(bytes, '\0')),
                         ("x.npy: expected " + message).c_str(), mll::parse_error);
  };
  const std::string types = "real numbers of at most 64 bits, such as '<f4', '<f8' or '|u1', found ";
  refuses("<c8", "(1, 1)", 8, types + "'<c8'");
  refuses("<f16", "(1, 1)", 16, types + "'<f16'");
  refuses("<f4", "(1, 1, 1)", 4, "one or two dimensions, found shape [1, 1, 1]");
  refuses("<f8", "()", 8, "one or two dimensions, found shape []");
  CHECK(npy_rows_of("<f8", "False", "(0, 3)", "").all().rows() == 0);
  CHECK(npy_rows_of("<f4", "False", "(3, 0)", "").all().rows() == 3);
}
