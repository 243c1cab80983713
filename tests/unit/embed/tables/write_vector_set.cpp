// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/embed/tables/write_vector_set.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "mll/core/error.hpp"
#include "mll/core/io/temporary_folder.hpp"
#include "support/files.hpp"

TEST_CASE("write_vector_set writes what NumPy writes, and replaces an older file") {
  const mll::detail::temporary_folder folder;
  const auto path = folder.path() / "v.npy";
  std::ofstream{path} << "something else";
  mll::matrix<float> values(1, 2);
  values << 1, -2;
  mll::write_vector_set(path, mll::vector_set{values});
  // By the description of the format: the numbers begin at a multiple of 64 bytes.
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }";
  header.resize(117, ' ');
  const std::string expected = std::string{"\x93NUMPY\x01\x00\x76\x00", 10} + header + '\n' +
                               std::string{"\x00\x00\x80\x3F\x00\x00\x00\xC0", 8};
  CHECK(mll::test::read_file(path) == expected);
  // Nothing else is left in the folder.
  CHECK(std::distance(std::filesystem::directory_iterator{folder.path()}, {}) == 1);
  mll::write_vector_set(path, mll::vector_set<Eigen::half>{values.cast<Eigen::half>()});
  CHECK(mll::test::read_file(path).find("'<f2'") != std::string::npos);
  CHECK(mll::test::read_file(path).size() == 128 + 4);
}

TEST_CASE("write_vector_set reports a file that cannot be written, and keeps the old one") {
  const mll::detail::temporary_folder folder;
  const mll::vector_set set{mll::matrix<float>(mll::matrix<float>::Ones(1, 1))};
  const auto nowhere = folder.path() / "no" / "v.npy";
  CHECK_THROWS_WITH_AS(mll::write_vector_set(nowhere, set),
                       ("cannot write " + nowhere.string() + ": cannot open for writing").c_str(),
                       mll::error);
  // A folder with something in it cannot be replaced by a file.
  std::filesystem::create_directories(folder.path() / "taken" / "by");
  CHECK_THROWS_AS(mll::write_vector_set(folder.path() / "taken", set), mll::error);
  CHECK(std::filesystem::exists(folder.path() / "taken" / "by"));
  CHECK(std::distance(std::filesystem::directory_iterator{folder.path()}, {}) == 1);
}
