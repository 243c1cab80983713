// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/label/io/npy.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/label/label.hpp"
#include "mll/label/responses/log_odds_half.hpp"
#include "mll/model/callable_classifier.hpp"
#include "support/backends.hpp"
#include "support/equal_labels.hpp"
#include "support/files.hpp"
#include "support/label_fixture.hpp"
#include "support/small_graph.hpp"

namespace fs = std::filesystem;
using mll::node_id;
using mll::test::read_file;
using mll::test::write_file;

namespace {

/// Labels of two models (ids 1 and 2) over nodes 0, 2 and 3, exported.
struct exported {
  mll::detail::temporary_folder scratch;
  fs::path folder = scratch.path() / "labels";
  mll::test::small_dag graph = mll::test::make_dag(4, {});
  mll::model_labels labels;

  exported() {
    auto models = mll::test::make_hub(3);
    models.remove(mll::model_id{0});
    labels =
        mll::label(mll::exec::sequential{}, models, mll::test::make_samples({{0, 3}, {2, 1}, {3, 5}}), graph);
    mll::export_labels(labels, graph, folder);
  }

  /// The message of import after a file was changed.
  std::string complaint() const {
    try {
      static_cast<void>(mll::import_labels(graph, folder));
    } catch (const mll::parse_error& thrown) {
      const std::string text = thrown.what();
      const std::string prefix = folder.string() + "/";
      REQUIRE(text.starts_with(prefix));  // names the file
      return text.substr(prefix.size());
    }
    return "nothing was thrown";
  }
  /// The message of import with another text in a file.
  std::string complaint_if(const char* file, const std::string& text) const {
    const std::string before = read_file(folder / file);
    write_file(folder / file, text);
    const std::string out = complaint();
    write_file(folder / file, before);
    return out;
  }
};

}  // namespace

TEST_CASE_TEMPLATE("exported labels are imported unchanged", Codec, mll::log_odds_8bit, mll::log_odds_half,
                   mll::log_odds_float) {
  const mll::detail::temporary_folder scratch;
  const auto graph = mll::test::make_dag(5, {});
  const auto labels = mll::label<Codec>(mll::exec::sequential{}, mll::test::make_hub(4),
                                        mll::test::make_samples({{1, 3}, {2, 1}, {4, 6}}), graph);
  mll::export_labels(labels, graph, scratch.path() / "labels");
  CHECK(mll::test::equal_labels(mll::import_labels<Codec>(graph, scratch.path() / "labels"), labels));
}

TEST_CASE("empty labels can be exported and imported") {
  const mll::detail::temporary_folder scratch;
  const auto graph = mll::test::make_dag(1, {});
  mll::export_labels(mll::model_labels{}, graph, scratch.path() / "labels");
  CHECK(mll::import_labels(graph, scratch.path() / "labels").empty());
}

TEST_CASE("imported labels can be updated") {
  const mll::detail::temporary_folder scratch;
  const auto graph = mll::test::make_dag(3, {});
  auto models = mll::test::make_hub(2);
  const auto some = mll::test::make_samples({{1, 3}});
  mll::export_labels(mll::label(mll::exec::sequential{}, models, some, graph), graph,
                     scratch.path() / "labels");
  auto labels = mll::import_labels(graph, scratch.path() / "labels");
  models.add("new", mll::test::hash_model{8});
  const auto more = mll::test::make_samples({{0, 2}, {1, 4}});
  mll::update_labels(mll::exec::sequential{}, labels, models, more, graph);
  const auto fresh = mll::label(mll::exec::sequential{}, models, more, graph);
  for (std::size_t m = 0; m < 3; ++m) CHECK(labels.models()[m].responses == fresh.models()[m].responses);
}

TEST_CASE("nodes are found by synset id in a graph that numbers them differently") {
  const exported written;
  // Vertex i of the other graph carries the synset of vertex 5 - i.
  mll::test::small_graph other(6);
  for (std::size_t i = 0; i < 6; ++i) other[i].id = "s" + std::to_string(5 - i);
  const mll::test::small_dag turned{other};
  const auto found = mll::import_labels(turned, written.folder);
  REQUIRE(found.samples().nodes().size() == 3);
  for (std::size_t m = 0; m < 2; ++m) {
    const auto& before = written.labels.models()[m];
    const auto& after = found.models()[m];
    for (const std::size_t v : {0U, 2U, 3U}) {
      const auto old_rows = written.labels.samples().rows(node_id{v});
      const auto new_rows = found.samples().rows(node_id{5 - v});
      REQUIRE(new_rows.count == old_rows.count);
      const auto count = static_cast<Eigen::Index>(old_rows.count);
      CHECK(after.responses.middleRows(static_cast<Eigen::Index>(new_rows.first), count) ==
            before.responses.middleRows(static_cast<Eigen::Index>(old_rows.first), count));
      CHECK(after.mean.row(static_cast<Eigen::Index>(found.samples().position(node_id{5 - v}))) ==
            before.mean.row(static_cast<Eigen::Index>(written.labels.samples().position(node_id{v}))));
    }
  }
}

TEST_CASE("names may contain tabs, line ends, backslashes and any UTF-8; other bytes are refused") {
  const mll::detail::temporary_folder scratch;
  const auto graph = mll::test::make_dag(1, {});
  mll::hub<int> models;
  models.add("tab\there\\n\r\nand \xc3\xa4\xf0\x9f\x90\xb6", mll::test::hash_model{1});
  const auto labels = mll::label(mll::exec::sequential{}, models, mll::test::make_samples({{0, 1}}), graph);
  mll::export_labels(labels, graph, scratch.path() / "labels");
  CHECK(mll::test::equal_labels(mll::import_labels(graph, scratch.path() / "labels"), labels));

  mll::hub<int> broken;
  broken.add("\xff\xfe", mll::test::hash_model{1});
  const auto others = mll::label(mll::exec::sequential{}, broken, mll::test::make_samples({{0, 1}}), graph);
  CHECK_THROWS_WITH_AS(mll::export_labels(others, graph, scratch.path() / "labels"),
                       "model name: expected text in UTF-8, found other bytes", mll::invalid_argument);
  CHECK(mll::test::equal_labels(mll::import_labels(graph, scratch.path() / "labels"),
                                labels));  // the earlier export is unchanged
}

TEST_CASE("an export replaces an earlier one, and refuses to replace anything else") {
  const exported written;
  // Folders of the user whose names resemble those of temporary folders.
  for (const char* ending : {".partial", ".replaced", ".new"}) {
    fs::create_directories(fs::path{written.folder} += ending);
    write_file(fs::path{written.folder.string() + ending} / "thesis", "text");
  }
  mll::model_labels fewer = written.labels;
  fewer.erase(mll::model_id{2});
  mll::export_labels(fewer, written.graph, written.folder);
  CHECK(mll::test::equal_labels(mll::import_labels(written.graph, written.folder), fewer));
  CHECK_FALSE(fs::exists(written.folder / "2.mean.npy"));
  CHECK_FALSE(fs::exists(written.folder / "old"));
  for (const char* ending : {".partial", ".replaced", ".new"})
    CHECK(read_file(fs::path{written.folder.string() + ending} / "thesis") == "text");
  CHECK(std::distance(fs::directory_iterator{written.scratch.path()}, {}) == 4);

  const fs::path precious = written.scratch.path() / "precious";
  fs::create_directories(precious);
  mll::export_labels(fewer, written.graph, precious / "");  // an empty folder, also with a slash at the end
  CHECK(mll::test::equal_labels(mll::import_labels(written.graph, precious), fewer));
  write_file(precious / "manifest.tsv", "name\tmy own manifest\n");
  CHECK_THROWS_WITH_AS(
      mll::export_labels(fewer, written.graph, precious),
      ("folder: expected a new or empty folder or an earlier export, found " + precious.string()).c_str(),
      mll::invalid_argument);
  CHECK(fs::exists(precious / "1.mean.npy"));
  CHECK_THROWS_AS(mll::export_labels(fewer, mll::test::make_dag(2, {}), precious / "x"),
                  mll::invalid_argument);
  CHECK_FALSE(fs::exists(precious / "x"));
  for (const char* nameless : {"", "/", ".", "..", "./"})
    CHECK_THROWS_WITH_AS(mll::export_labels(fewer, written.graph, nameless),
                         doctest::Contains("name of a folder"), mll::invalid_argument);
}

TEST_CASE("an incomplete export is not read") {
  const exported written;
  fs::rename(written.folder, written.folder.string() + ".partial");
  CHECK(written.complaint() == "manifest.tsv: expected a readable file, found No such file or directory");
}

TEST_CASE("arrays with another valid header are read") {
  const exported written;
  const fs::path file = written.folder / "1.mean.npy";
  const std::string before = read_file(file);
  const std::size_t header = 10 + static_cast<unsigned char>(before[8]);
  std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 3), }";
  dictionary.resize(128 - 10 - 1, ' ');
  std::string text = before.substr(0, 8);
  text += {static_cast<char>(118), '\0'};
  write_file(file, text + dictionary + "\n" + before.substr(header));
  CHECK(mll::test::equal_labels(mll::import_labels(written.graph, written.folder), written.labels));
}

TEST_CASE("an earlier export with further statistics is read; they are ignored") {
  const exported written;
  for (const char* id : {"1", "2"}) {
    for (const char* what : {".m2.npy", ".hit_rate.npy"}) {
      fs::copy_file(written.folder / (std::string{id} + ".mean.npy"),
                    written.folder / (std::string{id} + what));
    }
  }
  write_file(written.folder / "2.m2.npy", "not an array");
  CHECK(mll::test::equal_labels(mll::import_labels(written.graph, written.folder), written.labels));
}

TEST_CASE("an export reads the same after an editor has saved it, and in any order") {
  const exported written;
  for (const char* name : {"manifest.tsv", "nodes.tsv", "models.tsv", "heads.tsv"}) {
    std::string text = "\xEF\xBB\xBF";
    for (const char c : read_file(written.folder / name))
      text += c == '\n' ? std::string{"\r\n"} : std::string{c};
    write_file(written.folder / name, text + "\r\n");
  }
  std::string mean = read_file(written.folder / "1.mean.npy");
  const std::size_t first = mean.size() - 9 * sizeof(float);
  std::string turned = mean;
  for (std::size_t r = 0; r < 3; ++r) {
    for (std::size_t c = 0; c < 3; ++c) {  // column by column, the bytes of a number in reverse
      for (std::size_t b = 0; b < 4; ++b)
        turned[first + (c * 3 + r) * 4 + b] = mean[first + (r * 3 + c) * 4 + 3 - b];
    }
  }
  turned.replace(turned.find("<f4"), 3, ">f4").replace(turned.find("False"), 5, "True ");
  write_file(written.folder / "1.mean.npy", turned);
  CHECK(mll::test::equal_labels(mll::import_labels(written.graph, written.folder), written.labels));
}

TEST_CASE("responses that are not finite are refused") {
  const mll::detail::temporary_folder scratch;
  const auto graph = mll::test::make_dag(2, {});
  auto labels = mll::label<mll::log_odds_float>(mll::exec::sequential{}, mll::test::make_hub(1),
                                                mll::test::make_samples({{0, 2}}), graph);
  auto broken = labels.release();
  broken[0].responses(1, 0) = std::numeric_limits<float>::quiet_NaN();
  labels.insert(std::move(broken[0]));
  const auto folder = scratch.path() / "labels";
  mll::export_labels(labels, graph, folder);
  CHECK_THROWS_WITH_AS(
      static_cast<void>(mll::import_labels<mll::log_odds_float>(graph, folder)),
      ((folder / "0.responses.npy").string() + ": expected finite log-odds, found NaN or infinity").c_str(),
      mll::parse_error);
}

TEST_CASE("every missing or truncated file is named") {
  const exported written;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator{written.folder}) files.push_back(entry.path());
  CHECK(files.size() == 8);
  for (const fs::path& file : files) {
    const std::string name = file.filename().string();
    const std::string whole = read_file(file);
    fs::remove(file);
    CHECK(written.complaint() == name + ": expected a readable file, found No such file or directory");
    for (std::size_t length = 0; length < whole.size(); ++length) {
      write_file(file, whole.substr(0, length));
      CHECK(written.complaint().starts_with(name));
    }
    write_file(file, whole + "x");
    CHECK(written.complaint().starts_with(name));
    write_file(file, whole);
  }
  CHECK(mll::test::equal_labels(mll::import_labels(written.graph, written.folder), written.labels));
}

TEST_CASE("text files that do not match are refused with line, expected and found") {
  const exported written;
  const std::string manifest = read_file(written.folder / "manifest.tsv");
  const auto swapped = [](std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  };
  CHECK(written.complaint_if("manifest.tsv", swapped(manifest, "labels-1", "labels-2")) ==
        "manifest.tsv:1: expected 'mll-labels-1', found 'mll-labels-2'");
  CHECK(written.complaint_if("manifest.tsv", swapped(manifest, "8bit", "half")) ==
        "manifest.tsv:2: expected 'log_odds_8bit', found 'log_odds_half'");
  CHECK(written.complaint_if("manifest.tsv", swapped(manifest, "nodes\t3", "nodes\tmany")) ==
        "manifest.tsv:3: expected a whole number up to 4294967294, found 'many'");
  CHECK(written.complaint_if("manifest.tsv", swapped(manifest, "nodes\t3", "nodes\t4")) ==
        "nodes.tsv: expected 4 lines, found 3");
  CHECK(written.complaint_if("manifest.tsv", swapped(manifest, "models\t2", "models\t1")) ==
        "models.tsv: expected 1 lines, found 2");
  CHECK(written.complaint_if("manifest.tsv", swapped(manifest, "nodes", "knots")) ==
        "manifest.tsv:3: expected 'nodes', found 'knots'");

  CHECK(written.complaint_if("nodes.tsv", "s0\t3\nxyz\t1\ns3\t5\n") ==
        "nodes.tsv:2: expected the synset id of a node of the graph, found 'xyz'");
  CHECK(written.complaint_if("nodes.tsv", "s0\t3\ns0\t1\ns3\t5\n") ==
        "nodes.tsv:2: expected every node once, found 's0' again");
  CHECK(written.complaint_if("nodes.tsv", "s0\t3\ns2\t0\ns3\t5\n") ==
        "nodes.tsv:2: expected at least 1 sample, found 0");
  CHECK(written.complaint_if("nodes.tsv", "s0\t3\ns2\ns3\t5\n") == "nodes.tsv:2: expected 2 fields, found 1");
  CHECK(written.complaint_if("nodes.tsv", "s0\t3\ns\\q\t1\ns3\t5\n") ==
        "nodes.tsv:2: expected one of \\\\, \\t, \\n, \\r after a backslash, found 'q'");
  CHECK(written.complaint_if("nodes.tsv", "s0\t3\n\xff\t1\ns3\t5\n") ==
        "nodes.tsv:2: expected UTF-8, found the bytes '\\xFF\\t1'");
  CHECK(written.complaint_if("manifest.tsv", swapped(manifest, "labels-1", "labels-1\xC2\xA0")) ==
        "manifest.tsv:1: expected 'mll-labels-1', found 'mll-labels-1U+00A0'");

  CHECK(written.complaint_if("models.tsv", "1\tb\t3\n1\tc\t4\n") ==
        "models.tsv:2: expected every model id once, found 1 again");
  CHECK(written.complaint_if("models.tsv", "1\tb\t0\n2\tc\t4\n") ==
        "models.tsv:1: expected at least 1 head, found 0");
  CHECK(written.complaint_if("models.tsv", "1\tb\t4\n2\tc\t4\n") ==
        "heads.tsv:4: expected head 3 of model 1, found model 2");
  CHECK(written.complaint_if("models.tsv", "1\tb\t3\n2\tc\t5\n") ==
        "heads.tsv:8: expected head 4 of model 2, found the end of the file");
  CHECK(written.complaint_if("models.tsv", "1\tb\t3\n-2\tc\t4\n") ==
        "models.tsv:2: expected a whole number up to 4294967294, found '-2'");
}

TEST_CASE("arrays of another type, shape or range are refused") {
  const exported written;
  const std::string mean = read_file(written.folder / "1.mean.npy");
  const auto swapped = [](std::string text, const std::string& from, const std::string& to) {
    REQUIRE(from.size() == to.size());
    return text.replace(text.find(from), from.size(), to);
  };
  CHECK(written.complaint_if("1.mean.npy", swapped(mean, "<f4", "<i4")) ==
        "1.mean.npy: expected values of type '<f4', found '<i4'");
  CHECK(written.complaint_if("1.mean.npy", swapped(mean, "(3, 3)", "(1, 9)")) ==
        "1.mean.npy: expected an array of shape [3, 3], found [1, 9]");
  CHECK(written.complaint_if("1.mean.npy", swapped(mean, "(3, 3)", "(9,)  ")) ==
        "1.mean.npy: expected an array of shape [3, 3], found [9]");
  CHECK(written.complaint_if("1.mean.npy", swapped(mean, "NUMPY", "numpy")) ==
        "1.mean.npy: expected a .npy file, found something else");
  std::string bytes = mean;
  bytes.replace(bytes.size() - 4, 4, std::string{"\x00\x00\xc0\x7f", 4});  // NaN
  CHECK(written.complaint_if("1.mean.npy", bytes) ==
        "1.mean.npy: expected means in [0, 1], found a value outside");
  bytes.replace(bytes.size() - 4, 4, std::string{"\x00\x00\x00\x40", 4});  // 2
  CHECK(written.complaint_if("1.mean.npy", bytes) ==
        "1.mean.npy: expected means in [0, 1], found a value outside");
}

TEST_CASE("impossible and negative sizes are refused, naming the file") {
  const exported written;
  CHECK(written.complaint_if("nodes.tsv", "s0\t4294967294\ns2\t4294967294\ns3\t4294967294\n") ==
        "1.responses.npy: expected an array of shape [12884901882, 3], found [9, 3]");
  CHECK(written.complaint_if("nodes.tsv", "s0\t1152921504606846976\ns2\t1\ns3\t5\n") ==
        "nodes.tsv:1: expected a whole number up to 4294967294, found '1152921504606846976'");
  CHECK(written.complaint_if("nodes.tsv", "s0\t-3\ns2\t1\ns3\t5\n") ==
        "nodes.tsv:1: expected a whole number up to 4294967294, found '-3'");
  CHECK(written.complaint_if("models.tsv", "1\tb\t4294967294\n2\tc\t4\n") ==
        "heads.tsv:4: expected head 3 of model 1, found model 2");
  CHECK(written.complaint_if("models.tsv", "1\tb\t3\n4294967295\tc\t4\n") ==
        "models.tsv:2: expected a whole number up to 4294967294, found '4294967295'");
  CHECK(written.complaint_if("models.tsv", "1\tb\t3\n../../1\tc\t4\n") ==
        "models.tsv:2: expected a whole number up to 4294967294, found '../../1'");
}

TEST_CASE("names are never paths: no name of a model or head writes outside the folder") {
  const std::vector<std::string> names{"../../outside",
                                       "/etc/outside",
                                       "..\\..\\outside",
                                       "a/b/../../../outside",
                                       "'; DROP TABLE models;--",
                                       "$(touch outside) `touch outside`",
                                       "tab\tline\nreturn\rslash\\",
                                       "\x01\x7F \xF0\x9F\xA6\x86",
                                       std::string(5000, 'n')};
  const mll::detail::temporary_folder scratch;
  const auto graph = mll::test::make_dag(2, {});
  mll::hub<int> hub;
  for (const auto& name : names) {
    hub.add(
        name,
        mll::callable_classifier<int>{
            {name}, [](std::span<const int> batch) {
              return mll::matrix<float>::Constant(static_cast<Eigen::Index>(batch.size()), 1, 0.5F).eval();
            }});
  }
  const auto labels = mll::label(mll::exec::sequential{}, hub, mll::test::make_samples({{0, 2}}), graph);
  REQUIRE(labels.models().size() == names.size());
  const fs::path folder = scratch.path() / "a" / "labels";
  mll::export_labels(labels, graph, folder);
  CHECK(mll::test::equal_labels(mll::import_labels(graph, folder), labels));
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator{scratch.path()}) {
    if (entry.is_directory()) continue;
    CHECK(entry.path().parent_path() == folder);
    ++files;
  }
  CHECK(files == 4 + 2 * names.size());
}
