// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/store/content_hash.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "mll/core/io/temporary_folder.hpp"

using mll::content_hash;

TEST_CASE("a hash depends on the bytes and on where values end") {
  const auto of = [](auto... texts) {
    content_hash out;
    (out.add(std::string_view{texts}), ...);
    return out.text();
  };
  CHECK(of("ab", "c") == of("ab", "c"));
  CHECK(of("ab", "c") != of("a", "bc"));
  CHECK(of("a") != of("b"));
  CHECK(of("") != content_hash{}.text());
  CHECK(of("a").size() == 32);
  // XXH3 (128 bits) of the empty input, as published.
  CHECK(content_hash{}.text() == "99aa06d3014798d86001c324468d497f");
}

TEST_CASE("the hash of a file changes with any byte") {
  const mll::detail::temporary_folder scratch;
  const auto file = scratch.path() / "file";
  std::string bytes(3'000'000, 'x');
  std::ofstream{file, std::ios::binary} << bytes;
  const auto whole = content_hash::of_file(file);
  CHECK(whole == content_hash::of_file(file));
  for (const std::size_t at : {std::size_t{0}, std::size_t{1} << 20U, bytes.size() - 1}) {
    bytes[at] = 'y';
    std::ofstream{file, std::ios::binary} << bytes;
    CHECK(content_hash::of_file(file) != whole);
    bytes[at] = 'x';
  }
  CHECK_THROWS_AS(static_cast<void>(content_hash::of_file(scratch.path() / "none")), mll::parse_error);
  const auto pipe = scratch.path() / "pipe";  // opening it would wait
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK_THROWS_WITH_AS(static_cast<void>(content_hash::of_file(pipe)),
                       (pipe.string() + ": expected a readable file, found not a regular file").c_str(),
                       mll::parse_error);
  CHECK_THROWS_AS(static_cast<void>(content_hash::of_file(scratch.path())), mll::parse_error);
  std::filesystem::create_symlink("/dev/zero", scratch.path() / "zeros");
  std::filesystem::create_symlink("self", scratch.path() / "self");
  for (const char* name : {"zeros", "self"})
    CHECK_THROWS_WITH_AS(static_cast<void>(content_hash::of_file(scratch.path() / name)),
                         doctest::Contains(name), mll::parse_error);
}
