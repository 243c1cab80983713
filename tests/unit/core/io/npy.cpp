// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/io/npy.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <locale>
#include <string>
#include <utility>

#include "mll/core/io/temporary_folder.hpp"
#include "support/files.hpp"
#include "support/npy_text.hpp"

TEST_CASE_TEMPLATE("a matrix comes back from a .npy file as it was written", T, float, double, Eigen::half,
                   bool, std::uint8_t, std::int32_t, std::int64_t) {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.npy";
  for (const auto& [rows, columns] : {std::pair{3, 5}, {1, 1}, {0, 4}, {4, 0}}) {
    mll::matrix<T> values(rows, columns);
    for (Eigen::Index i = 0; i < values.size(); ++i) values.data()[i] = static_cast<T>(7 * i % 100 + 1);
    mll::write_npy(file, values);
    const auto read = mll::read_npy<T>(file);
    CHECK(read.rows() == rows);
    CHECK(read.cols() == columns);
    CHECK(read == values);
  }
}

TEST_CASE("one dimension of a .npy file is one column; other numbers of dimensions are refused") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.npy";
  const auto write = [&](const char* shape) {
    mll::test::write_file(
        file, mll::test::npy_text(
                  "{'descr': '|u1', 'fortran_order': False, 'shape': " + std::string{shape} + "}", "abcd"));
  };
  write("(4,)");
  CHECK(mll::read_npy<std::uint8_t>(file) ==
        (mll::matrix<std::uint8_t>(4, 1) << 'a', 'b', 'c', 'd').finished());
  write("(1, 2, 2)");
  CHECK_THROWS_WITH_AS(static_cast<void>(mll::read_npy<std::uint8_t>(file)),
                       (file.string() + ": expected one or two dimensions, found shape [1, 2, 2]").c_str(),
                       mll::parse_error);
}

TEST_CASE("a .npy file in Fortran order or with its bytes in the other order is the same matrix") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.npy";
  const auto read = [&](const std::string& type, const std::string& order, const std::string& data) {
    mll::test::write_file(
        file, mll::test::npy_text(
                  "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': (2, 3)}", data));
    return mll::read_npy<std::uint16_t>(file);
  };
  const auto expected = (mll::matrix<std::uint16_t>(2, 3) << 1, 2, 3, 4, 5, 6).finished();
  CHECK(read("<u2", "False", std::string{"\1\0\2\0\3\0\4\0\5\0\6\0", 12}) == expected);
  CHECK(read("<u2", "True", std::string{"\1\0\4\0\2\0\5\0\3\0\6\0", 12}) == expected);
  CHECK(read(">u2", "False", std::string{"\0\1\0\2\0\3\0\4\0\5\0\6", 12}) == expected);
  CHECK(read(">u2", "True", std::string{"\0\1\0\4\0\2\0\5\0\3\0\6", 12}) == expected);
}

TEST_CASE("a .npy file of another type, missing or not writable is refused by name") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.npy";
  mll::write_npy(file, mll::matrix<float>(mll::matrix<float>::Ones(2, 2)));
  CHECK_THROWS_WITH_AS(static_cast<void>(mll::read_npy<double>(file)),
                       (file.string() + ": expected values of type '<f8', found '<f4'").c_str(),
                       mll::parse_error);
  CHECK_THROWS_AS(static_cast<void>(mll::read_npy<std::int32_t>(file)), mll::parse_error);
  const auto nowhere = folder.path() / "no" / "x.npy";
  CHECK_THROWS_AS(static_cast<void>(mll::read_npy(nowhere)), mll::parse_error);
  CHECK_THROWS_WITH_AS(mll::write_npy(nowhere, mll::matrix<float>(1, 1)),
                       ("cannot write " + nowhere.string()).c_str(), mll::error);
}

TEST_CASE("a .npy file that is truncated or too long is refused") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.npy";
  mll::write_npy(file, mll::matrix<float>(mll::matrix<float>::Ones(2, 3)));
  const std::string whole = mll::test::read_file(file);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    mll::test::write_file(file, whole.substr(0, length));
    CHECK_THROWS_AS(static_cast<void>(mll::read_npy(file)), mll::parse_error);
  }
  mll::test::write_file(file, whole + "x");
  CHECK_THROWS_AS(static_cast<void>(mll::read_npy(file)), mll::parse_error);
}

TEST_CASE("a .npy file does not depend on the global locale") {
  struct grouped : std::numpunct<char> {
    char do_thousands_sep() const override { return ','; }
    char do_decimal_point() const override { return ','; }
    std::string do_grouping() const override { return "\3"; }
  };
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.npy";
  const mll::matrix<float> values = mll::matrix<float>::Constant(1200, 3, 0.5F);
  const std::locale before = std::locale::global(std::locale{std::locale::classic(), new grouped});
  mll::write_npy(file, values);
  const bool same = mll::read_npy(file) == values;
  std::locale::global(before);
  CHECK(same);
}
