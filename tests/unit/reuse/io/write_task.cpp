// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Needs the component `pack`.
#if MLL_TEST_PACK
#include "mll/reuse/io/write_task.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "mll/core/error.hpp"
#include "mll/core/io/temporary_folder.hpp"
#include "mll/reuse/io/read_task.hpp"
#include "support/files.hpp"
#include "support/packed_pets.hpp"

TEST_CASE("a task that was packed is unpacked with all its files, wherever it lies") {
  const mll::detail::temporary_folder folder;
  const auto pets = mll::test::pets_in(folder.path() / "experts");
  const auto file = folder.path() / "pets.mlltask";
  mll::write_task(file, pets);
  const std::string bytes = mll::test::read_file(file);
  mll::write_task(file, pets);
  CHECK(mll::test::read_file(file) == bytes);
  std::filesystem::remove_all(folder.path() / "experts");
  std::filesystem::rename(file, folder.path() / "moved");
  const auto read = mll::read_task(folder.path() / "moved");
  CHECK(read.name == "pets");
  CHECK(read.document == R"({"samples":"images"})");
  CHECK(mll::detail::encode_selection(read.chosen) == mll::detail::encode_selection(pets.chosen));
  REQUIRE(read.experts.size() == 1);
  CHECK(read.experts[0].name == "birds");
  CHECK(mll::test::read_file(read.experts[0].file) == std::string(100'000, 'w'));
  REQUIRE(read.experts[0].beside.size() == 1);
  CHECK(read.experts[0].beside[0] == read.experts[0].file.parent_path() / "birds.labels.txt");
  CHECK(mll::test::read_file(read.experts[0].licences.at(0)) == "free");
}

TEST_CASE("a task that could not be run is not packed, and the old pack stays") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "pets.mlltask";
  mll::test::write_file(file, "old");
  const auto refused = [&](const auto& change, const char* message) {
    auto pets = mll::test::pets_in(folder.path() / "experts");
    change(pets);
    CHECK_THROWS_WITH_AS(mll::write_task(file, pets), doctest::Contains(message), mll::error);
    CHECK(mll::test::read_file(file) == "old");
  };
  refused([](mll::packed_task& p) { p.experts.clear(); }, "expert 'birds', which owns a chosen head");
  refused([](mll::packed_task& p) { p.document = "text"; }, "expected a JSON object, found 'text'");
  refused([](mll::packed_task& p) { p.experts[0].file += ".gone"; },
          "birds.onnx.gone: expected a readable file");
  refused(
      [](mll::packed_task& p) {
        p.experts[0].beside.push_back(p.experts[0].file.parent_path() / ".." / "birds.onnx");
      },
      "files with different names");
  refused([](mll::packed_task& p) { p.chosen.ensemble.votes.pop_back(); }, "whose parts fit together");
  CHECK(std::distance(std::filesystem::directory_iterator{folder.path()}, {}) == 2);
}

TEST_CASE("a pack that is killed at any moment leaves the old one, or the new one, under its name") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "pets.mlltask";
  auto pets = mll::test::pets_in(folder.path() / "experts");
  mll::test::write_file(pets.experts[0].file, std::string(20'000'000, 'w'));
  pets.name = "old";
  mll::write_task(file, pets);
  pets.name = "new";
  for (unsigned delay = 0; delay < 40'000; delay += 2'500) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      mll::write_task(file, pets);
      _exit(0);
    }
    usleep(delay);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    const auto read = mll::read_task(file);
    CHECK((read.name == "old" || read.name == "new"));
  }
}
#endif
