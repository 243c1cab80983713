// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/io/regular_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "mll/core/io/temporary_folder.hpp"
#include "support/files.hpp"

TEST_CASE("what is not a regular file is recognised without opening it") {
  namespace fs = std::filesystem;
  using mll::detail::why_not_regular;
  const mll::detail::temporary_folder folder;
  const fs::path file = folder.path() / "file";
  mll::test::write_file(file, "text");
  CHECK(why_not_regular(file).empty());
  fs::create_symlink(file, folder.path() / "link");
  CHECK(why_not_regular(folder.path() / "link").empty());
  CHECK(why_not_regular(folder.path() / "none") == "no such file");
  CHECK(why_not_regular(folder.path()) == "a folder");
  fs::create_symlink("loop", folder.path() / "loop");
  CHECK(why_not_regular(folder.path() / "loop") == "Too many levels of symbolic links");
  fs::create_symlink("gone", folder.path() / "dangling");
  CHECK(why_not_regular(folder.path() / "dangling") == "no such file");
  REQUIRE(mkfifo((folder.path() / "pipe").c_str(), 0600) == 0);
  CHECK(why_not_regular(folder.path() / "pipe") == "not a regular file");
  CHECK(why_not_regular("/dev/zero") == "not a regular file");
}

TEST_CASE("an entry of a folder is found even if it cannot be opened") {
  const mll::detail::temporary_folder folder;
  std::filesystem::create_symlink("self", folder.path() / "self");
  std::filesystem::create_symlink("/nowhere/else", folder.path() / "dangling");
  CHECK(mll::detail::has_entry(folder.path() / "self"));
  CHECK(mll::detail::has_entry(folder.path() / "dangling"));
  CHECK(mll::detail::has_entry(folder.path()));
  CHECK_FALSE(mll::detail::has_entry(folder.path() / "none"));
}
