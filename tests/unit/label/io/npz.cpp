// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_ZIP
#include "mll/label/io/npz.hpp"

#include <doctest/doctest.h>
#include <zip.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/label/label.hpp"
#include "mll/label/responses/log_odds_half.hpp"
#include "support/equal_labels.hpp"
#include "support/files.hpp"
#include "support/label_fixture.hpp"
#include "support/small_graph.hpp"

namespace fs = std::filesystem;
using mll::test::read_file;
using mll::test::write_file;

namespace {

/// A file with the labels of two models.
struct exported_archive {
  mll::detail::temporary_folder scratch;
  fs::path file = scratch.path() / "labels.npz";
  mll::test::small_dag graph = mll::test::make_dag(4, {});
  mll::model_labels labels = mll::label(mll::exec::sequential{}, mll::test::make_hub(2),
                                        mll::test::make_samples({{0, 3}, {2, 1}, {3, 5}}), graph);
  exported_archive() { mll::export_labels_npz(labels, graph, file); }

  /// The message of import, without the folder.
  std::string complaint(std::uint64_t limit = 1U << 20U) const {
    try {
      static_cast<void>(mll::import_labels_npz(graph, file, limit));
    } catch (const mll::parse_error& thrown) {
      const std::string text = thrown.what();
      const std::string prefix = scratch.path().string() + "/";
      REQUIRE(text.starts_with(prefix));
      return text.substr(prefix.size());
    }
    return "nothing was thrown";
  }
  /// Adds or replaces a member.
  void put(const char* name, const std::string& text) const {
    zip_t* archive = zip_open(file.c_str(), 0, nullptr);
    REQUIRE(archive != nullptr);
    zip_source_t* source = zip_source_buffer(archive, text.data(), text.size(), 0);
    REQUIRE(zip_file_add(archive, name, source, ZIP_FL_OVERWRITE) >= 0);
    REQUIRE(zip_close(archive) == 0);
  }
  void drop(const char* name) const {
    zip_t* archive = zip_open(file.c_str(), 0, nullptr);
    REQUIRE(archive != nullptr);
    REQUIRE(zip_delete(archive, static_cast<zip_uint64_t>(zip_name_locate(archive, name, 0))) == 0);
    REQUIRE(zip_close(archive) == 0);
  }
};

}  // namespace

TEST_CASE_TEMPLATE("labels exported to one file are imported unchanged", Codec, mll::log_odds_8bit,
                   mll::log_odds_half) {
  const mll::detail::temporary_folder scratch;
  const auto graph = mll::test::make_dag(5, {});
  const auto labels = mll::label<Codec>(mll::exec::sequential{}, mll::test::make_hub(3),
                                        mll::test::make_samples({{1, 3}, {2, 1}, {4, 6}}), graph);
  const fs::path file = scratch.path() / "labels.npz";
  for (int round = 0; round < 2; ++round) {  // the second replaces the first
    mll::export_labels_npz(labels, graph, file);
    CHECK(mll::test::equal_labels(mll::import_labels_npz<Codec>(graph, file), labels));
    CHECK(std::distance(fs::directory_iterator{scratch.path()}, fs::directory_iterator{}) == 1);
  }
  mll::export_labels_npz(mll::model_labels{}, graph, file);
  CHECK(mll::import_labels_npz(graph, file).empty());
}

TEST_CASE("an export that fails leaves the earlier file") {
  const exported_archive written;
  CHECK_THROWS_AS(mll::export_labels_npz(written.labels, mll::test::make_dag(2, {}), written.file),
                  mll::invalid_argument);
  CHECK(mll::test::equal_labels(mll::import_labels_npz(written.graph, written.file), written.labels));
  CHECK_THROWS_AS(
      mll::export_labels_npz(written.labels, written.graph, written.scratch.path() / "no" / "x.npz"),
      mll::error);
}

TEST_CASE("an archive that is missing, truncated or has a changed byte is refused or read correctly") {
  const exported_archive written;
  const std::string whole = read_file(written.file);
  std::size_t refused = 0;
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    write_file(written.file, whole.substr(0, length));
    CHECK(written.complaint().starts_with("labels.npz: expected a complete zip archive"));
    ++refused;
  }
  CHECK(refused > 100);
  for (std::size_t at = 0; at < whole.size(); at += 11) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 16);
    write_file(written.file, changed);
    if (written.complaint() == "nothing was thrown")  // a date, or an attribute
      CHECK(mll::test::equal_labels(mll::import_labels_npz(written.graph, written.file), written.labels));
  }
  fs::remove(written.file);
  CHECK(written.complaint() == "labels.npz: expected a readable file, found no such file");
}

TEST_CASE("an earlier export with further statistics is read; they are ignored") {
  const exported_archive written;
  written.put("1.m2.npy", "not an array");
  written.put("1.hit_rate.npy", "not an array");
  CHECK(mll::test::equal_labels(mll::import_labels_npz(written.graph, written.file), written.labels));
}

TEST_CASE("unexpected members are refused by name and never written") {
  for (const char* name :
       {"../climbed.npy", "/tmp/climbed.npy", "a/../../climbed.npy", "climbed", "1.mean.npy/x.npy",
        "..\\climbed.npy", "12345678901.mean.npy", "1.median.npy", ".mean.npy"}) {
    const exported_archive written;
    written.put(name, "text");
    CHECK(written.complaint() ==
          "labels.npz: expected members of exported labels only, found '" + std::string{name} + "'");
    CHECK(!fs::exists(fs::temp_directory_path() / "climbed.npy"));
  }
}

TEST_CASE("missing and malformed members are named") {
  {
    const exported_archive written;
    written.drop("nodes.npy");
    CHECK(written.complaint() ==
          "labels.npz/nodes: expected a readable file, found No such file or directory");
  }
  {
    const exported_archive written;
    written.drop("1.mean.npy");
    CHECK(written.complaint() ==
          "labels.npz/1.mean: expected a readable file, found No such file or directory");
  }
  {
    const exported_archive written;
    written.put("heads.npy", "text");
    CHECK(written.complaint() == "labels.npz/heads: expected a .npy file, found something else");
  }
  const exported_archive written;
  std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1152921504606846976), }";
  header.resize(117, ' ');
  written.put("nodes.npy", std::string{"\x93NUMPY\x01\x00\x76\x00", 10} + header + "\n");
  CHECK(written.complaint() ==
        "labels.npz/nodes: expected 1152921504606846976 bytes for shape [1, 1152921504606846976] of '|u1', "
        "found 0");
}

TEST_CASE("an archive larger than the limit is refused before it is unpacked") {
  const exported_archive written;
  written.put("7.mean.npy", std::string(std::size_t{64} << 20U, '\0'));
  CHECK(fs::file_size(written.file) < 200000);
  CHECK(written.complaint() ==
        "labels.npz/7.mean.npy: expected at most 1048576 bytes in all members, found one of 67108864 bytes");
}

TEST_CASE("falsely declared sizes are refused") {
  // The size in the central directory and, so that both agree, in the local header: 8 bytes before the
  // lengths of the name.
  for (const std::uint32_t declared : {std::uint32_t{1}, std::uint32_t{500000}, std::uint32_t{0xfffffff0}}) {
    const exported_archive written;
    std::string bytes = read_file(written.file);
    const auto set = [&](std::size_t at) {
      for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>(declared >> (8 * i));
    };
    const std::size_t local = bytes.find("PK\x03\x04");
    const std::size_t central = bytes.find("PK\x01\x02");
    REQUIRE(local == 0);
    REQUIRE(central != std::string::npos);
    set(local + 22);
    set(central + 24);
    write_file(written.file, bytes);
    const std::string text = written.complaint();
    CHECK(text.starts_with("labels.npz"));
    CHECK(text.find("expected ") != std::string::npos);
  }
}
#endif
