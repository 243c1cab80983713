// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/model/head_names.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"

namespace {

std::string written(const mll::detail::temporary_folder& folder, const std::string& text) {
  const auto file = folder.path() / "x.labels.txt";
  std::ofstream{file, std::ios::binary} << text;
  return file.string();
}

}  // namespace

TEST_CASE("head names are in a file beside their model") {
  CHECK(mll::head_names_file("a/birds.onnx") == std::filesystem::path{"a/birds.labels.txt"});
  CHECK(mll::head_names_file("a/birds.v2.onnx") == std::filesystem::path{"a/birds.v2.labels.txt"});
}

TEST_CASE("one name per line, with any line ends") {
  const mll::detail::temporary_folder folder;
  const std::vector<std::string> expected{"gr\xC3\xBCn", "house cat", "gr\xC3\xBCn"};
  CHECK(mll::read_head_names(written(folder, "gr\xC3\xBCn\nhouse cat\ngr\xC3\xBCn\n")) == expected);
  CHECK(mll::read_head_names(written(folder, "gr\xC3\xBCn\nhouse cat\ngr\xC3\xBCn")) == expected);
  CHECK(mll::read_head_names(written(folder, "gr\xC3\xBCn\nhouse cat\ngr\xC3\xBCn\n\r\n \t\r\n")) ==
        expected);
  CHECK(mll::read_head_names(written(folder, "\xEF\xBB\xBFgr\xC3\xBCn\r\nhouse cat\r\ngr\xC3\xBCn\r\n")) ==
        expected);
}

TEST_CASE("errors in a file of names carry the line") {
  const mll::detail::temporary_folder folder;
  const auto refuses = [&](const std::string& text, const std::string& complaint) {
    const std::string file = written(folder, text);
    CHECK_THROWS_WITH_AS(static_cast<void>(mll::read_head_names(file)), (file + complaint).c_str(),
                         mll::parse_error);
  };
  refuses("cat\n\ndog\n", ":2: expected a head name, found a blank line");
  refuses("\xC2\xA0\ndog\n", ":1: expected a head name, found a blank line");
  refuses("cat\nd\xFFg\n", ":2: expected UTF-8, found the bytes 'd\\xFFg'");
  refuses("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n",
          ": expected the content of the file (git lfs pull), found a pointer of git-lfs");
  refuses("\n \n", ": expected at least one head name, found an empty file");
  refuses("", ": expected at least one head name, found an empty file");
  const std::string missing = (folder.path() / "none.txt").string();
  CHECK_THROWS_WITH_AS(
      static_cast<void>(mll::read_head_names(missing)),
      (missing + ": expected a readable file with one head name per line, found no such file").c_str(),
      mll::parse_error);
  CHECK_THROWS_WITH_AS(
      static_cast<void>(mll::read_head_names(folder.path())),
      (folder.path().string() + ": expected a readable file with one head name per line, found a folder")
          .c_str(),
      mll::parse_error);
}

TEST_CASE("only a regular file is opened: a pipe would wait, a device never end") {
  const mll::detail::temporary_folder folder;
  const std::string before = ": expected a readable file with one head name per line, found ";
  const auto complaint_about = [](const std::filesystem::path& file) {
    try {
      static_cast<void>(mll::read_head_names(file));
    } catch (const mll::parse_error& problem) {
      return std::string{problem.what()};
    }
    return std::string{"nothing was thrown"};
  };
  const auto pipe = folder.path() / "pipe.labels.txt";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(complaint_about(pipe) == pipe.string() + before + "not a regular file");
  const auto device = folder.path() / "zero.labels.txt";
  std::filesystem::create_symlink("/dev/zero", device);
  CHECK(complaint_about(device) == device.string() + before + "not a regular file");
  const auto loop = folder.path() / "loop.labels.txt";
  std::filesystem::create_symlink("loop.labels.txt", loop);
  CHECK(complaint_about(loop) == loop.string() + before + "Too many levels of symbolic links");
  const auto large = folder.path() / "large.labels.txt";
  std::ofstream{large} << "a";
  std::filesystem::resize_file(large, std::uintmax_t{65} << 20U);  // a hole: takes no disk
  CHECK(complaint_about(large) ==
        large.string() + before + std::to_string(std::uintmax_t{65} << 20U) + " bytes");
}
