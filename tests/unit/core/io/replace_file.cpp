// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/io/replace_file.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstddef>
#include <iterator>
#include <ostream>
#include <stdexcept>
#include <string>

#include "mll/core/io/temporary_folder.hpp"
#include "support/files.hpp"

namespace {

/// A file with the content "old".
struct replaced_file {
  mll::detail::temporary_folder folder;
  std::filesystem::path path = folder.path() / "x";
  replaced_file() { mll::test::write_file(path, "old"); }

  void replace(const std::string& content) const {
    mll::detail::replace_file(path, [&](std::ostream& out) { out << content; });
  }
  [[nodiscard]] std::string content() const { return mll::test::read_file(path); }
  [[nodiscard]] std::ptrdiff_t files() const {
    return std::distance(std::filesystem::directory_iterator{folder.path()}, {});
  }
};

}  // namespace

TEST_CASE("a file is replaced as a whole") {
  const replaced_file file;
  file.replace(std::string{"new\0\n", 5});
  CHECK(file.content() == std::string{"new\0\n", 5});
  std::filesystem::remove(file.path);
  file.replace("again");
  CHECK(file.content() == "again");
  CHECK(file.files() == 1);
}

TEST_CASE("a folder or a device is not replaced by a file") {
  const replaced_file file;
  std::filesystem::create_directory(file.folder.path() / "folder");
  CHECK_THROWS_WITH_AS(mll::detail::replace_file(file.folder.path() / "folder", [](std::ostream&) {}),
                       doctest::Contains("a folder of this name exists"), mll::error);
  CHECK_THROWS_WITH_AS(mll::detail::replace_file("/dev/null", [](std::ostream&) {}),
                       "cannot write /dev/null: not a regular file", mll::error);
}

TEST_CASE("a replacement that fails leaves the old content and nothing else") {
  const replaced_file file;
  CHECK_THROWS_AS(mll::detail::replace_file(file.path,
                                            [](std::ostream& out) {
                                              out << "half";
                                              throw std::runtime_error{"no more"};
                                            }),
                  std::runtime_error);
  CHECK(file.content() == "old");
  CHECK(file.files() == 1);

  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{4096, before.rlim_max};
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  std::string message;
  try {
    file.replace(std::string(100'000, 'x'));
  } catch (const mll::error& thrown) {
    message = thrown.what();
  }
  REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  CHECK(message == "cannot write " + file.path.string() + ": short write (disk full?)");
  CHECK(file.content() == "old");
  CHECK(file.files() == 1);

  const auto nowhere = file.folder.path() / "no" / "x";
  CHECK_THROWS_WITH_AS(mll::detail::replace_file(nowhere, [](std::ostream&) {}),
                       ("cannot write " + nowhere.string() + ": cannot open for writing").c_str(),
                       mll::error);
  const auto taken = file.folder.path() / "taken";
  std::filesystem::create_directories(taken / "by");
  CHECK_THROWS_AS(mll::detail::replace_file(taken, [](std::ostream& out) { out << "x"; }), mll::error);
  CHECK(file.files() == 2);
}
