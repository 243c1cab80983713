// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/io/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "support/files.hpp"

TEST_CASE("a temporary folder is new, and is removed with all that is in it") {
  const mll::detail::temporary_folder outer;
  std::filesystem::path path;
  {
    const mll::detail::temporary_folder folder;
    const mll::detail::temporary_folder other;
    path = folder.path();
    CHECK(path != other.path());
    CHECK(std::filesystem::is_empty(path));
    std::filesystem::create_directories(path / "a" / "b");
    mll::test::write_file(path / "a" / "b" / "file", "text");
    const mll::detail::temporary_folder beside{outer.path() / "labels.npz"};
    CHECK(beside.path().parent_path() == outer.path());
    CHECK(beside.path().filename().string().starts_with("labels.npz."));
  }
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK(std::filesystem::is_empty(outer.path()));
}

TEST_CASE("a temporary folder that cannot be created is an error") {
  const mll::detail::temporary_folder outer;
  const auto nowhere = outer.path() / "no" / "x";
  try {
    const mll::detail::temporary_folder folder{nowhere};
    FAIL("nothing was thrown");
  } catch (const mll::error& thrown) {
    CHECK(std::string{thrown.what()}.starts_with("cannot create folder " + nowhere.string()));
  }
}
