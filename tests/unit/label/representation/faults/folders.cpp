// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Folders with every kind of entry in place of images: nothing blocks, and each entry is read or listed.
#if MLL_TEST_OPENCV
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <set>
#include <string>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/core/random.hpp"
#include "mll/label/representation/image_folder.hpp"
#include "support/fault_cases.hpp"
#include "support/files.hpp"
#include "support/small_graph.hpp"

namespace {

namespace fs = std::filesystem;

/// The bytes of a small image, by the ending of its name.
std::map<std::string, std::string> small_images() {
  const mll::detail::temporary_folder folder;
  std::map<std::string, std::string> out;
  for (const char* ending : {".png", ".jpg", ".bmp", ".ppm", ".webp", ".tiff", ".jp2"}) {
    cv::Mat image(48, 64, CV_8UC3);
    cv::randu(image, 0, 255);
    const auto file = folder.path() / (std::string{"x"} + ending);
    REQUIRE(cv::imwrite(file.string(), image));
    out[ending] = mll::test::read_file(file);
  }
  return out;
}

/// A folder of nodes "s1" to "s6" with entries drawn at random, and what must come of them.
class hostile_folder {
 public:
  hostile_folder(const fs::path& path, mll::random_engine& engine,
                 const std::map<std::string, std::string>& images)
      : engine_{engine}, images_{images} {
    for (int i = 1; i <= 6; ++i) {
      const fs::path node = path / ("s" + std::to_string(i));
      if (engine_() % 5 == 0) {
        fill_place_of_folder(node);
      } else {
        fs::create_directory(node);
        for (std::uint64_t k = engine_() % 12; k > 0; --k) add_entry(node, static_cast<int>(k));
      }
    }
  }
  std::map<std::string, std::size_t> good;  // images by node
  std::set<fs::path> listed;

 private:
  void fill_place_of_folder(const fs::path& node) {
    listed.insert(node);
    switch (engine_() % 4) {
      case 0:
        mll::test::write_file(node, "a file");
        break;
      case 1:
        REQUIRE(mkfifo(node.c_str(), 0600) == 0);
        break;
      case 2:
        fs::create_symlink(node.filename(), node);
        break;
      default:
        fs::create_symlink("/nowhere/at/all", node);
    }
  }

  void add_entry(const fs::path& node, int number) {
    auto kind = images_.begin();
    std::advance(kind, engine_() % images_.size());
    const auto& [ending, bytes] = *kind;
    const fs::path file = node / (std::to_string(number) + ending);
    listed.insert(file);  // unless it is an image
    switch (engine_() % 14) {
      case 0:
        REQUIRE(mkfifo(file.c_str(), 0600) == 0);
        break;
      case 1:
        fs::create_symlink(file.filename(), file);
        break;
      case 2:
        fs::create_symlink(engine_() % 2 == 0 ? "/dev/zero" : "/dev/full", file);
        break;
      case 3:
        fs::create_symlink("../nowhere.png", file);
        break;
      case 4:
        fs::create_directory(file);
        break;
      case 5:
        mll::test::write_file(file, "");
        break;
      case 6:
        mll::test::write_file(file, bytes.substr(0, bytes.size() / 2));
        break;
      case 7: {
        std::string noise;
        for (int i = 0; i < 300; ++i) noise += static_cast<char>(engine_() & 0xFFU);
        mll::test::write_file(file, noise);
        break;
      }
      case 8: {  // claims gigabytes
        std::string large = images_.at(".png");
        large.replace(16, 8, std::string{"\0\0\x7A\x98\0\0\x7A\x98", 8});
        mll::test::write_file(file, large);
        break;
      }
      case 9:
        listed.erase(file);
        listed.insert(node / (std::to_string(number) + ".txt"));
        mll::test::write_file(node / (std::to_string(number) + ".txt"), bytes);
        break;
      case 10:
        listed.erase(file);
        mll::test::write_file(node / ("." + std::to_string(number) + ending), "hidden");
        break;
      default:  // an image, perhaps under the name of another kind, or behind a link
        listed.erase(file);
        ++good[node.filename().string()];
        if (engine_() % 3 == 0) {
          mll::test::write_file(node / (".target" + std::to_string(number)), bytes);
          fs::create_symlink(".target" + std::to_string(number), file);
        } else {
          mll::test::write_file(file, engine_() % 3 == 0 ? images_.begin()->second : bytes);
        }
    }
  }

  mll::random_engine& engine_;
  const std::map<std::string, std::string>& images_;
};

}  // namespace

TEST_CASE("faults: in a hostile folder, images are read and everything else is listed") {
  const std::size_t cases = mll::test::fault_cases(10, 300);
  const auto graph = mll::test::make_dag(7, {{1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}, {6, 0}});
  const auto images = small_images();
  mll::random_engine engine{77};
  std::size_t read = 0;
  std::size_t left_out = 0;
  for (std::size_t i = 0; i < cases; ++i) {
    CAPTURE(i);
    const mll::detail::temporary_folder folder;
    const hostile_folder expected{folder.path(), engine, images};
    const mll::image_folder data{folder.path(), graph, {.check = mll::image_check::decode}};
    std::set<fs::path> listed;
    for (const auto& each : data.skipped()) {
      CHECK(listed.insert(each.path).second);
      CHECK(!each.reason.empty());
    }
    CHECK(listed == expected.listed);
    std::map<std::string, std::size_t> good;
    for (const mll::node_id v : data.nodes()) {
      good[graph[v].id] = data.sample_count(v);
      for (std::size_t k = 0; k < data.sample_count(v); ++k)
        CHECK(data.sample(v, k).size() == cv::Size(64, 48));
      read += data.sample_count(v);
    }
    CHECK(good == expected.good);
    left_out += listed.size();
  }
  MESSAGE(cases << " folders: " << read << " images read, " << left_out << " entries listed");
}
#endif
