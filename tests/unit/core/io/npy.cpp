#include "mll/core/io/npy.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
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

TEST_CASE("a .npy file of another type, in Fortran order, missing or not writable is refused by name") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.npy";
  mll::write_npy(file, mll::matrix<float>(mll::matrix<float>::Ones(2, 2)));
  CHECK_THROWS_WITH_AS(static_cast<void>(mll::read_npy<double>(file)),
                       (file.string() + ": expected values of type '<f8', found '<f4'").c_str(),
                       mll::parse_error);
  CHECK_THROWS_AS(static_cast<void>(mll::read_npy<std::int32_t>(file)), mll::parse_error);
  mll::test::write_file(
      file, mll::test::npy_text("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1)}", "1234"));
  CHECK_THROWS_WITH_AS(
      static_cast<void>(mll::read_npy(file)),
      (file.string() + ": expected an array in C order (numpy.ascontiguousarray), found Fortran order")
          .c_str(),
      mll::parse_error);
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
