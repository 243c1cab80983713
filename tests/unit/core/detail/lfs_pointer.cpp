// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/core/detail/lfs_pointer.hpp"

#include <doctest/doctest.h>

TEST_CASE("a pointer of git-lfs is refused by the name of its file") {
  CHECK_THROWS_WITH_AS(mll::detail::refuse_lfs_pointer(
                           "cat.npy", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n"),
                       "cat.npy: expected the content of the file (git lfs pull), found a pointer of git-lfs",
                       mll::parse_error);
  CHECK_NOTHROW(mll::detail::refuse_lfs_pointer("cat.npy", "version 2"));
  CHECK_NOTHROW(mll::detail::refuse_lfs_pointer("cat.npy", ""));
}
