// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/label/representation/image_folder.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <span>
#include <string>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/label/label.hpp"
#include "mll/model/callable_classifier.hpp"
#include "mll/model/hub.hpp"
#include "mll/model/onnx/onnx_opencv.hpp"
#include "mll/testing/check_representation.hpp"
#include "support/backends.hpp"
#include "support/small_graph.hpp"
#include "support/tiny_onnx.hpp"

using mll::image_folder;
using mll::node_id;

namespace {

void write_image(const std::filesystem::path& file, int blue, int red) {
  std::filesystem::create_directories(file.parent_path());
  REQUIRE(cv::imwrite(file.string(), cv::Mat(3, 4, CV_8UC3, cv::Scalar(blue, 0, red))));
}

void write_text(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream{file, std::ios::binary} << text;
}

std::string read_text(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

}  // namespace

TEST_CASE("images of the nodes of another graph are not labelled") {
  const mll::detail::temporary_folder folder;
  write_image(folder.path() / "s1" / "a.png", 10, 1);
  const auto graph = mll::test::make_dag(6, {{1, 0}, {2, 0}, {3, 0}});
  const auto other = mll::test::make_dag(6, {{2, 1}, {0, 1}});
  mll::hub<cv::Mat> models;
  models.add("one", mll::callable_classifier{
                        {"head"}, [](std::span<const cv::Mat> batch) {
                          return mll::matrix<float>::Zero(static_cast<Eigen::Index>(batch.size()), 1).eval();
                        }});
  const image_folder data{folder.path(), graph};
  CHECK(data.graph() == graph.fingerprint());
  CHECK(mll::label(mll::exec::sequential{}, models, data, graph).models().size() == 1);
  CHECK_THROWS_WITH_AS(static_cast<void>(mll::label(mll::exec::sequential{}, models, data, other)),
                       "samples: expected samples of nodes of this graph, found samples of another graph",
                       mll::invalid_argument);
}

TEST_CASE("folders of images are representation data, sorted by name") {
  const mll::detail::temporary_folder folder;
  const auto graph = mll::test::make_dag(6, {{1, 0}, {2, 0}, {3, 0}});
  write_image(folder.path() / "s3" / "b.png", 30, 2);
  write_image(folder.path() / "s3" / "a.PNG", 10, 1);
  write_image(folder.path() / "s3" / "c.bmp", 50, 3);
  write_image(folder.path() / "s1" / "x.ppm", 70, 4);
  std::filesystem::create_directories(folder.path() / "s2");
  const image_folder data{folder.path(), graph};
  CHECK(std::vector(data.nodes().begin(), data.nodes().end()) == std::vector{graph.at("s1"), graph.at("s3")});
  CHECK(data.sample_count(graph.at("s3")) == 3);
  CHECK(data.sample_count(graph.at("s1")) == 1);
  CHECK(data.sample_count(graph.at("s2")) == 0);
  for (std::size_t i = 0; i < 3; ++i) {
    const cv::Mat image = data.sample(graph.at("s3"), i);
    CHECK(image.type() == CV_8UC3);
    CHECK(image.rows == 3);
    CHECK(image.cols == 4);
    const auto pixel = image.at<cv::Vec3b>(2, 3);
    CHECK(pixel[0] == 10 + 20 * i);
    CHECK(pixel[2] == 1 + i);
  }
  CHECK(data.file(graph.at("s3"), 1).filename() == "b.png");
  CHECK(data.skipped().empty());
  CHECK(mll::testing::check_representation(data).empty());
  CHECK_THROWS_WITH_AS(static_cast<void>(data.sample(graph.at("s1"), 1)),
                       "i: expected below 1, the number of images of the node, found 1",
                       mll::invalid_argument);
}

TEST_CASE("unreadable files are skipped and listed, or refused") {
  const mll::detail::temporary_folder folder;
  const auto graph = mll::test::make_dag(3, {{1, 0}});
  write_image(folder.path() / "s1" / "a.png", 10, 1);
  write_image(folder.path() / "s1" / "c.png", 20, 1);
  const auto text = folder.path() / "s1" / "b.png";
  write_text(text, "no image at all");
  write_text(folder.path() / "s1" / "empty.jpg", "");
  write_text(folder.path() / "s1" / "notes.md", "hello");
  write_text(folder.path() / "s1" / ".hidden", "hello");
  write_text(folder.path() / "readme.txt", "hello");
  std::filesystem::create_directories(folder.path() / "s1" / "more.png");
  const image_folder data{folder.path(), graph};
  CHECK(data.sample_count(graph.at("s1")) == 2);
  CHECK(data.sample(graph.at("s1"), 1).at<cv::Vec3b>(0, 0)[0] == 20);
  std::vector<std::string> listed;
  for (const auto& each : data.skipped())
    listed.push_back(each.path.filename().string() + ": " + each.reason);
  CHECK(listed ==
        std::vector<std::string>{"readme.txt: not in the folder of a node",
                                 "b.png: unreadable or not an image", "empty.jpg: unreadable or not an image",
                                 "more.png: not an image by its name", "notes.md: not an image by its name"});
  CHECK_THROWS_WITH_AS(
      (image_folder{folder.path(), graph, {.unreadable = mll::image_folder_policy::error}}),
      (text.string() + ": expected an image, found a file that is unreadable or not an image").c_str(),
      mll::parse_error);
}

TEST_CASE("a damaged image is detected when it is decoded, or on construction with image_check::decode") {
  const mll::detail::temporary_folder folder;
  const auto graph = mll::test::make_dag(3, {{1, 0}});
  write_image(folder.path() / "s1" / "a.png", 10, 1);
  const auto broken = folder.path() / "s1" / "b.png";
  cv::Mat noise(40, 40, CV_8UC3);
  cv::randu(noise, 0, 256);
  REQUIRE(cv::imwrite(broken.string(), noise));
  const std::string whole = read_text(broken);
  write_text(broken, whole.substr(0, 30));  // inside the header
  const image_folder data{folder.path(), graph};
  CHECK(data.sample_count(graph.at("s1")) == 2);
  CHECK_THROWS_WITH_AS(static_cast<void>(data.sample(graph.at("s1"), 1)),
                       (broken.string() + ": expected an image, found a file that is not decodable").c_str(),
                       mll::parse_error);
  const image_folder checked{folder.path(), graph, {.check = mll::image_check::decode}};
  CHECK(checked.sample_count(graph.at("s1")) == 1);
  REQUIRE(checked.skipped().size() == 1);
  CHECK(checked.skipped()[0].path == broken);
  CHECK(checked.skipped()[0].reason == "not decodable");
  CHECK_THROWS_WITH_AS(
      (image_folder{folder.path(),
                    graph,
                    {.unreadable = mll::image_folder_policy::error, .check = mll::image_check::decode}}),
      (broken.string() + ": expected an image, found a file that is not decodable").c_str(),
      mll::parse_error);
  std::filesystem::remove(broken);
  CHECK_THROWS_WITH_AS(static_cast<void>(data.sample(graph.at("s1"), 1)),
                       (broken.string() + ": expected an image, found no such file").c_str(),
                       mll::parse_error);
}

TEST_CASE("folders that do not name a node are refused, or skipped and listed") {
  const mll::detail::temporary_folder folder;
  const auto graph = mll::test::make_dag(3, {{1, 0}});
  write_image(folder.path() / "s1" / "a.png", 10, 1);
  write_image(folder.path() / "dogs" / "a.png", 10, 1);
  const std::string dogs = (folder.path() / "dogs").string();
  CHECK_THROWS_WITH_AS(
      (image_folder{folder.path(), graph}),
      (dogs +
       ": expected a folder with the synset id of a node as its name, found 'dogs', which the graph does not "
       "have")
          .c_str(),
      mll::parse_error);
  const image_folder data{folder.path(), graph, {.unknown_node = mll::image_folder_policy::skip}};
  CHECK(data.nodes().size() == 1);
  REQUIRE(data.skipped().size() == 1);
  CHECK(data.skipped()[0].path == dogs);
  CHECK(data.skipped()[0].reason == "not a node of the graph");
}

TEST_CASE(
    "pipes, devices, links to themselves and folders without rights are listed, and nothing waits for them") {
  const mll::detail::temporary_folder folder;
  const auto graph = mll::test::make_dag(5, {{1, 0}, {2, 0}, {3, 0}, {4, 0}});
  namespace fs = std::filesystem;
  fs::permissions(folder.path(), fs::perms::all);
  write_image(folder.path() / "s1" / "a.png", 10, 1);
  REQUIRE(mkfifo((folder.path() / "s1" / "pipe.png").c_str(), 0666) == 0);
  fs::create_symlink("loop.png", folder.path() / "s1" / "loop.png");
  fs::create_symlink("/dev/zero", folder.path() / "s1" / "zero.jpg");
  fs::create_symlink("nowhere", folder.path() / "s1" / "gone.png");
  fs::create_symlink("a.png", folder.path() / "s1" / "link.png");
  fs::create_symlink("s2", folder.path() / "s2");
  REQUIRE(mkfifo((folder.path() / "s3").c_str(), 0666) == 0);
  write_image(folder.path() / "s4" / "b.png", 10, 1);
  fs::permissions(folder.path() / "s4", fs::perms::none);
  const bool is_root = geteuid() == 0;  // who may do everything
  if (is_root) REQUIRE(seteuid(65534) == 0);
  std::vector<std::string> listed;
  std::size_t found = 0;
  std::string refused;
  try {
    const image_folder data{folder.path(), graph};
    for (const auto& each : data.skipped())
      listed.push_back(each.path.filename().string() + ": " + each.reason);
    found = data.sample_count(graph.at("s1"));
    static_cast<void>(image_folder{folder.path(), graph, {.unreadable = mll::image_folder_policy::error}});
  } catch (const std::exception& problem) {
    refused = problem.what();
  }
  if (is_root) REQUIRE(seteuid(0) == 0);
  fs::permissions(folder.path() / "s4", fs::perms::all);
  CHECK(found == 2);
  CHECK(listed == std::vector<std::string>{"s2: Too many levels of symbolic links",
                                           "s3: not in the folder of a node", "gone.png: no such file",
                                           "loop.png: Too many levels of symbolic links",
                                           "pipe.png: not a regular file", "zero.jpg: not a regular file",
                                           "s4: Permission denied"});
  CHECK(refused == (folder.path() / "s1" / "gone.png").string() + ": expected an image, found no such file");
}

TEST_CASE("images are transparent if a pixel is not opaque; unchecked ones, if they have an alpha channel") {
  const mll::detail::temporary_folder folder;
  const auto graph = mll::test::make_dag(3, {{1, 0}});
  const auto place = folder.path() / "s1";
  std::filesystem::create_directories(place);
  const auto write = [&](const char* name, const cv::Mat& image) {
    REQUIRE(cv::imwrite((place / name).string(), image));
  };
  write("colours.png", cv::Mat(9, 7, CV_8UC3, cv::Scalar(10, 20, 30)));
  write("opaque.png", cv::Mat(9, 7, CV_8UC4, cv::Scalar(10, 20, 30, 255)));
  write("opaque16.png", cv::Mat(9, 7, CV_16UC4, cv::Scalar(10, 20, 30, 65535)));
  cv::Mat one(9, 7, CV_8UC4, cv::Scalar(10, 20, 30, 255));
  one.at<cv::Vec4b>(8, 6)[3] = 254;
  write("one.png", one);
  write("pale.png", cv::Mat(9, 7, CV_16UC4, cv::Scalar(10, 20, 30, 20000)));
  const image_folder unchecked{folder.path(), graph};
  CHECK(unchecked.transparent() ==
        std::vector{place / "one.png", place / "opaque.png", place / "opaque16.png", place / "pale.png"});
  const image_folder checked{folder.path(), graph, {.check = mll::image_check::decode}};
  CHECK(checked.transparent() == std::vector{place / "one.png", place / "pale.png"});
}

TEST_CASE_TEMPLATE("checks of images give the same on every backend", Backend, MLL_TEST_BACKENDS) {
  const mll::detail::temporary_folder folder;
  const auto graph = mll::test::make_dag(3, {{1, 0}, {2, 0}});
  for (int i = 0; i < 40; ++i) {
    const auto file = folder.path() / ("s" + std::to_string(1 + i % 2)) / (std::to_string(i) + ".png");
    if (i % 5 == 0) {
      write_text(file, "not an image");
    } else if (i % 7 == 0) {
      write_text(file.string() + ".txt", "text");
    } else {
      write_image(file, i, 2 * i);
    }
  }
  const Backend backend;
  const image_folder expected{folder.path(), graph, {.check = mll::image_check::decode}};
  const image_folder found{folder.path(), graph, {.check = mll::image_check::decode, .backend = backend}};
  for (const auto v : expected.nodes()) {
    REQUIRE(found.sample_count(v) == expected.sample_count(v));
    for (std::size_t i = 0; i < expected.sample_count(v); ++i) CHECK(found.file(v, i) == expected.file(v, i));
  }
  REQUIRE(found.skipped().size() == expected.skipped().size());
  CHECK(found.skipped().size() == 12);
  for (std::size_t i = 0; i < expected.skipped().size(); ++i) {
    CHECK(found.skipped()[i].path == expected.skipped()[i].path);
    CHECK(found.skipped()[i].reason == expected.skipped()[i].reason);
  }
}

TEST_CASE("large images are left out by name, transparent ones listed, and samples bounded in bytes") {
  const mll::detail::temporary_folder folder;
  const auto graph = mll::test::make_dag(3, {{1, 0}});
  std::filesystem::create_directories(folder.path() / "s1");
  const auto write = [&](const char* name, const cv::Mat& image) {
    REQUIRE(cv::imwrite((folder.path() / "s1" / name).string(), image));
  };
  write("a.jpg", cv::Mat(400, 300, CV_8UC3, cv::Scalar(10, 20, 30)));
  write("b.png", cv::Mat(10, 2000, CV_8UC3, cv::Scalar(10, 20, 30)));
  write("c.png", cv::Mat(500, 300, CV_8UC3, cv::Scalar(10, 20, 30)));
  write("d.png", cv::Mat(20, 20, CV_8UC4, cv::Scalar(10, 20, 30, 0)));
  image_folder data{folder.path(), graph, {.reading = {.max_pixels = 120'000}}};
  REQUIRE(data.skipped().size() == 1);
  CHECK(data.skipped()[0].path.filename() == "c.png");
  CHECK(data.skipped()[0].reason == "of 300 x 500 pixels, more than 120000");
  CHECK(data.transparent() == std::vector{folder.path() / "s1" / "d.png"});
  CHECK(data.max_sample_bytes() == 3 * 120'000);
  data.set_max_side(100);
  CHECK(data.max_sample_bytes() == 3 * 100 * 100);
  CHECK(data.sample(graph.at("s1"), 0).size() == cv::Size(100, 100));
  CHECK(data.sample(graph.at("s1"), 1).size() == cv::Size(100, 10));
  CHECK(data.sample(graph.at("s1"), 2).at<cv::Vec3b>(3, 3) == cv::Vec3b{255, 255, 255});

  // A batch holds what fits.
  std::vector<std::size_t> batches;
  mll::hub<cv::Mat> models;
  models.add("one", mll::callable_classifier{
                        {"head"}, [&](std::span<const cv::Mat> batch) {
                          batches.push_back(batch.size());
                          return mll::matrix<float>::Zero(static_cast<Eigen::Index>(batch.size()), 1).eval();
                        }});
  static_cast<void>(mll::label(mll::exec::sequential{}, models, data, graph, {.batch_bytes = 60'000}));
  CHECK(batches == std::vector<std::size_t>{2, 1});
  batches.clear();
  static_cast<void>(mll::label(mll::exec::sequential{}, models, data, graph, {.batch_bytes = 1}));
  CHECK(batches == std::vector<std::size_t>{1, 1, 1});
}

TEST_CASE("a missing folder, and a file in place of a folder, are named") {
  const mll::detail::temporary_folder folder;
  const auto graph = mll::test::make_dag(2, {{1, 0}});
  const auto missing = folder.path() / "none";
  CHECK_THROWS_WITH_AS((image_folder{missing, graph}),
                       ("folder: expected a folder with one folder of images per node, found '" +
                        missing.string() + "', which does not exist")
                           .c_str(),
                       mll::invalid_argument);
  write_text(missing, "x");
  CHECK_THROWS_WITH_AS((image_folder{missing, graph}),
                       ("folder: expected a folder with one folder of images per node, found '" +
                        missing.string() + "', which is not a folder")
                           .c_str(),
                       mll::invalid_argument);
}

TEST_CASE("images in files can be labelled") {
  const mll::detail::temporary_folder folder;
  const auto graph = mll::test::make_dag(3, {{1, 0}, {2, 0}});
  for (int i = 0; i < 5; ++i) {
    write_image(folder.path() / "s1" / (std::to_string(i) + ".png"), 255, i);
    write_image(folder.path() / "s2" / (std::to_string(i) + ".png"), 0, i);
  }
  const mll::callable_classifier blue{{"blue"}, [](std::span<const cv::Mat> batch) {
                                        mll::matrix<float> out(static_cast<Eigen::Index>(batch.size()), 1);
                                        for (std::size_t i = 0; i < batch.size(); ++i) {
                                          out(static_cast<Eigen::Index>(i), 0) =
                                              static_cast<float>(batch[i].at<cv::Vec3b>(0, 0)[0]) / 255.0F;
                                        }
                                        return out;
                                      }};
  mll::hub<cv::Mat> models;
  models.add("blue", blue);
  const auto labels = mll::label(mll::exec::sequential{}, models, image_folder{folder.path(), graph}, graph,
                                 {.batch_size = 3});
  REQUIRE(labels.models().size() == 1);
  CHECK(labels.models()[0].mean(0, 0) > 0.99F);
  CHECK(labels.models()[0].mean(1, 0) < 0.01F);
}

static_assert(mll::has_concurrent_samples<image_folder>);

TEST_CASE("a network that cannot be run fails alone; the other models are labelled") {
  const mll::detail::temporary_folder folder;
  const auto graph = mll::test::make_dag(3, {{1, 0}, {2, 0}});
  for (int i = 0; i < 3; ++i) {
    write_image(folder.path() / "nodes" / "s1" / (std::to_string(i) + ".png"), 255, 0);
    write_image(folder.path() / "nodes" / "s2" / (std::to_string(i) + ".png"), 0, 255);
  }
  mll::test::tiny_onnx net;  // red against blue
  net.weights = {{1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1}};
  net.bias = {0, 0};
  net.softmax = true;
  net.write(folder.path() / "good.onnx");
  net.last_operator = "NobodyKnowsThis";
  net.write(folder.path() / "bad.onnx");
  mll::hub<cv::Mat> models;
  const auto bad =
      models.add("bad", mll::onnx_classifier<cv::Mat>{folder.path() / "bad.onnx", {"red", "blue"}});
  const auto good =
      models.add("good", mll::onnx_classifier<cv::Mat>{folder.path() / "good.onnx", {"red", "blue"}});
  const auto labels = mll::label(mll::exec::sequential{}, models,
                                 image_folder{folder.path() / "nodes", graph}, graph, {.batch_size = 2});
  REQUIRE(labels.failures().size() == 1);
  CHECK(labels.failures()[0].model == bad);
  CHECK(labels.failures()[0].message.find("NobodyKnowsThis") != std::string::npos);
  REQUIRE(labels.models().size() == 1);
  CHECK(labels.models()[0].model == good);
  CHECK(labels.models()[0].mean(0, 0) < 0.1F);
  CHECK(labels.models()[0].mean(1, 0) > 0.9F);
}
#endif
