// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/io/label_origin.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/label/io/npy.hpp"
#include "mll/label/label.hpp"
#include "support/equal_labels.hpp"
#include "support/files.hpp"
#include "support/label_fixture.hpp"
#include "support/small_graph.hpp"
#if MLL_TEST_ZIP
#include "mll/label/io/npz.hpp"
#endif

namespace {

const mll::label_origin some_origin{
    .graph = "g", .nodes = {{"n0", "1"}, {"tab\there", "2"}}, .models = {{"m\n", "3"}, {"", "4"}}};

}  // namespace

TEST_CASE("an export carries the origin of its labels, if it is known") {
  const mll::detail::temporary_folder scratch;
  const auto graph = mll::test::make_dag(1, {});
  const auto labels =
      mll::label(mll::exec::sequential{}, mll::test::make_hub(2), mll::test::make_samples({{0, 3}}), graph);
  const auto folder = scratch.path() / "labels";
  mll::export_labels(labels, graph, folder, some_origin);
  CHECK(mll::read_label_origin(folder) == some_origin);
  CHECK(mll::test::equal_labels(mll::import_labels(graph, folder), labels));
  mll::export_labels(labels, graph, folder);
  CHECK(mll::read_label_origin(folder) == std::nullopt);
#if MLL_TEST_ZIP
  const auto file = scratch.path() / "labels.npz";
  mll::export_labels_npz(labels, graph, file, some_origin);
  CHECK(mll::read_label_origin_npz(file) == some_origin);
  CHECK(mll::test::equal_labels(mll::import_labels_npz(graph, file), labels));
  mll::export_labels_npz(labels, graph, file);
  CHECK(mll::read_label_origin_npz(file) == std::nullopt);
#endif
}

TEST_CASE("a file that is not what was exported is refused by name") {
  const mll::detail::temporary_folder scratch;
  const auto graph = mll::test::make_dag(2, {});
  const auto labels = mll::label(mll::exec::sequential{}, mll::test::make_hub(2),
                                 mll::test::make_samples({{0, 3}, {1, 2}}), graph);
  const auto folder = scratch.path() / "labels";
  const auto says = [&](const std::string& name, const std::string& content) {
    mll::export_labels(labels, graph, folder, some_origin);
    if (!content.empty()) mll::test::write_file(folder / name, content);
    try {
      return mll::test::equal_labels(mll::import_labels(graph, folder), labels) ? std::string{"the same"}
                                                                                : "others";
    } catch (const mll::parse_error& problem) {
      return std::string{problem.what()};
    }
  };
  CHECK(says("nodes.tsv", "") == "the same");
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    if (entry.path().filename() != "origin.tsv") names.push_back(entry.path().filename().string());
  }
  CHECK(names.size() == 8);
  for (const std::string& name : names) {
    const std::string sound = mll::test::read_file(folder / name);
    // The last digit of a table or value that may be another.
    std::string other = sound;
    other[name.ends_with(".tsv") ? sound.size() - 2 : sound.size() - 1] ^= 1;
    const std::string found = says(name, other);
    CAPTURE(found);
    CHECK(found.starts_with((folder / name).string() + ":"));
  }
  const std::string found = says("heads.tsv", [&] {
    std::string text = mll::test::read_file(folder / "heads.tsv");
    return text.replace(text.find("m100h0"), 6, "m100h9");
  }());
  CHECK(found.find("expected what was exported (checksum ") != std::string::npos);
  // Other line ends are the same table; a file without a checksum is not known to be sound.
  std::string lines = mll::test::read_file(folder / "nodes.tsv");
  for (std::size_t at = 0; (at = lines.find('\n', at)) != std::string::npos; at += 2) lines.insert(at, "\r");
  CHECK(says("nodes.tsv", "\xEF\xBB\xBF" + lines) == "the same");
  std::string origin = mll::test::read_file(folder / "origin.tsv");
  const auto line = origin.find("file\t0.mean");
  origin.erase(line, origin.find('\n', line) + 1 - line);
  CHECK(says("origin.tsv", origin) ==
        (folder / "origin.tsv").string() + ": expected the checksum of '0.mean', found none");
  // Of an earlier version.
  while (origin.find("file\t") != std::string::npos) {
    const auto at = origin.find("file\t");
    origin.erase(at, origin.find('\n', at) + 1 - at);
  }
  CHECK(says("origin.tsv", origin) == "the same");
#if MLL_TEST_ZIP
  const auto file = scratch.path() / "labels.npz";
  mll::export_labels_npz(labels, graph, file, some_origin);
  CHECK(mll::test::equal_labels(mll::import_labels_npz(graph, file), labels));
#endif
}

TEST_CASE("a malformed origin is refused with its line") {
  const mll::detail::temporary_folder scratch;
  for (const auto& [text, line] : {std::pair{"graph\t\tg\nnode\ta\t1\nnode\ta\t2\n", ":3: "},
                                   {"graph\t\tg\nmodel\ta\t1\nmodel\ta\t1\n", ":3: "},
                                   {"graph\t\tg\ngraph\t\tg\n", ":2: "},
                                   {"graph\tx\tg\n", ":1: "},
                                   {"head\ta\tb\n", ":1: "},
                                   {"graph\t\n", ":1: "},
                                   {"graph\t\t\xff\n", ":1: "}}) {
    mll::test::write_file(scratch.path() / "origin.tsv", text);
    CHECK_THROWS_WITH_AS(static_cast<void>(mll::read_label_origin(scratch.path())),
                         doctest::Contains(("origin.tsv" + std::string{line}).c_str()), mll::parse_error);
  }
}
