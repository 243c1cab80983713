// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/io/map_file.hpp"

#include <doctest/doctest.h>

#include <string>

#include "mll/core/io/temporary_folder.hpp"
#include "support/files.hpp"

TEST_CASE("a mapped file has the bytes of the file, which live as long as a copy of them") {
  const mll::detail::temporary_folder folder;
  const auto path = folder.path() / "x";
  const std::string content = std::string(10'000, 'a') + '\0' + "end";
  mll::test::write_file(path, content);
  mll::detail::file_bytes copy;
  {
    const auto mapped = mll::detail::map_file(path);
    CHECK(mapped.name == path.string());
    copy = mapped;
  }
  std::filesystem::remove(path);
  CHECK(copy.content == content);
  mll::test::write_file(path, "");
  CHECK(mll::detail::map_file(path).content.empty());
}

TEST_CASE("only regular files are mapped") {
  const mll::detail::temporary_folder folder;
  const auto missing = folder.path() / "missing";
  CHECK_THROWS_WITH_AS(
      static_cast<void>(mll::detail::map_file(missing)),
      (missing.string() + ": expected a readable file, found No such file or directory").c_str(),
      mll::parse_error);
  CHECK_THROWS_WITH_AS(
      static_cast<void>(mll::detail::map_file(folder.path())),
      (folder.path().string() + ": expected a readable file, found not a regular file").c_str(),
      mll::parse_error);
}
