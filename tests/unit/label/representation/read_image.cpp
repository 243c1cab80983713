// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/label/representation/read_image.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstddef>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "support/files.hpp"

namespace {

std::string why_not(const std::filesystem::path& file, const mll::read_image_options& options = {}) {
  try {
    static_cast<void>(mll::read_image(file, options));
  } catch (const mll::parse_error& problem) {
    return std::string{problem.what()}.substr(file.string().size() + 2);
  }
  return "read";
}

/// A smooth image: compression and scaling change little.
cv::Mat slope(int width, int height) {
  cv::Mat out(height, width, CV_8UC3);
  for (int r = 0; r < height; ++r) {
    for (int c = 0; c < width; ++c)
      out.at<cv::Vec3b>(r, c) = {static_cast<unsigned char>(255 * r / height),
                                 static_cast<unsigned char>(255 * c / width), 90};
  }
  return out;
}

double max_difference(const cv::Mat& a, const cv::Mat& b) {
  return cv::norm(a, b, cv::NORM_INF);
}

}  // namespace

TEST_CASE("pixels that transparency hides do not count") {
  const mll::detail::temporary_folder folder;
  for (const char* name : {"x.png", "x.webp", "x.tiff"}) {
    CAPTURE(name);
    const auto file = folder.path() / name;
    std::vector<cv::Mat> found;
    for (const int hidden : {0, 77, 255}) {
      cv::Mat image(20, 30, CV_8UC4, cv::Scalar::all(hidden));
      image.colRange(0, 30).forEach<cv::Vec4b>([&](cv::Vec4b& pixel, const int* at) {
        if (at[1] >= 20) pixel[3] = 0;
        if (at[1] < 20) pixel = {0, 0, 200, 255};
        if (at[1] < 10) pixel = {0, 100, 200, 128};
      });
      std::vector<int> parameters;
      if (std::string_view{name} == "x.webp") parameters = {cv::IMWRITE_WEBP_QUALITY, 101};  // lossless
      REQUIRE(cv::imwrite(file.string(), image, parameters));
      found.push_back(mll::read_image(file));
      REQUIRE(found.back().type() == CV_8UC3);
      CHECK(max_difference(found.back(), found.front()) == 0);
    }
    CHECK(found[0].at<cv::Vec3b>(5, 25) == cv::Vec3b{255, 255, 255});
    CHECK(found[0].at<cv::Vec3b>(5, 15) == cv::Vec3b{0, 0, 200});
    const auto half = found[0].at<cv::Vec3b>(5, 5);  // c a + 255 (1 - a)
    CHECK(half[0] == 127);
    CHECK(half[1] == 177);
    CHECK(half[2] == 227);
  }
  // Of 16 bits.
  REQUIRE(cv::imwrite((folder.path() / "deep.png").string(),
                      cv::Mat(4, 4, CV_16UC4, cv::Scalar(0, 0, 60000, 0))));
  CHECK(mll::read_image(folder.path() / "deep.png").at<cv::Vec3b>(1, 1) == cv::Vec3b{255, 255, 255});
}

TEST_CASE("a JPEG file that is cut off is refused, not filled with grey") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.jpg";
  REQUIRE(cv::imwrite(file.string(), slope(200, 150)));
  const std::string bytes = mll::test::read_file(file);
  CHECK(why_not(file) == "read");
  for (const std::size_t length : {bytes.size() / 3, bytes.size() / 2, bytes.size() - 2}) {
    mll::test::write_file(file, bytes.substr(0, length));
    CHECK(why_not(file) ==
          "expected an image, found a file that is cut off (the end of its image is missing)");
  }
}

#if MLL_JPEG
TEST_CASE("damage inside a JPEG file is refused, not filled with grey") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.jpg";
  cv::Mat image = slope(640, 480);
  cv::Mat noise(image.size(), image.type());
  cv::randu(noise, 0, 60);
  image += noise;
  for (const int progressive : {0, 1}) {
    CAPTURE(progressive);
    REQUIRE(cv::imwrite(file.string(), image, {cv::IMWRITE_JPEG_PROGRESSIVE, progressive}));
    const std::string bytes = mll::test::read_file(file);
    CHECK(why_not(file) == "read");
    const auto refused = [&](const char* what, const std::string& damaged) {
      CAPTURE(what);
      mll::test::write_file(file, damaged);
      CHECK(why_not(file).starts_with("expected an image, found a file that is damaged ("));
    };
    const std::size_t half = bytes.size() / 2;
    refused("cut off and ended", bytes.substr(0, half) + "\xFF\xD9");
    refused("a hole", bytes.substr(0, half) + bytes.substr(half + 4000));
    refused("a block of zeros", bytes.substr(0, half) + std::string(4096, '\0') + bytes.substr(half + 4096));
    refused("of another file", bytes.substr(0, half) + bytes.substr(half / 2, 3000) + bytes.substr(half));
    // Cameras that write some bytes too many, and what follows the end, do no harm.
    mll::test::write_file(file, bytes.substr(0, bytes.size() - 2) + std::string(2, '\0') + "\xFF\xD9");
    CHECK(why_not(file) == "read");
    mll::test::write_file(file, bytes + "more");
    CHECK(why_not(file) == "read");
  }
}

TEST_CASE("a progressive JPEG file of hundreds of scans is refused: each takes the time of the image") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.jpg";
  REQUIRE(cv::imwrite(file.string(), slope(640, 480), {cv::IMWRITE_JPEG_PROGRESSIVE, 1}));
  const std::string bytes = mll::test::read_file(file);
  const std::size_t first = bytes.find("\xFF\xDA");
  const std::size_t next = bytes.find("\xFF\xC4", first);  // the tables of the next scan
  REQUIRE(next != std::string::npos);
  for (const int copies : {20, 300}) {
    std::string more = bytes.substr(0, first);
    for (int i = 0; i < copies; ++i) more += bytes.substr(first, next - first);
    mll::test::write_file(file, more + bytes.substr(first));
    CHECK(why_not(file) ==
          (copies < 100 ? "read" : "expected an image, found a file that is damaged (more than 100 scans)"));
  }
}
#endif

TEST_CASE("an image of too many pixels is refused before it is decoded") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.png";
  REQUIRE(cv::imwrite(file.string(), slope(40, 30)));
  CHECK(why_not(file, {.max_pixels = 1200}) == "read");
  CHECK(why_not(file, {.max_pixels = 1199}) ==
        "expected an image, found a file that is of 40 x 30 pixels, more than 1199");
  // A file that only claims to be large: a header is all it takes.
  std::string bytes = mll::test::read_file(file);
  bytes.replace(16, 8, std::string{"\0\0\x3A\x98\0\0\x3A\x98", 8});
  mll::test::write_file(file, bytes);
  CHECK(why_not(file) ==
        "expected an image, found a file that is of 15000 x 15000 pixels, more than 134217728");
  // Transparent images of 16 bits take twice the memory.
  REQUIRE(cv::imwrite(file.string(), cv::Mat(30, 40, CV_16UC4, cv::Scalar::all(9000))));
  CHECK(why_not(file, {.max_pixels = 2400}) == "read");
  CHECK(why_not(file, {.max_pixels = 2399}) ==
        "expected an image, found a file that is of 40 x 30 transparent pixels of 16 bits, more than 1199");
  bytes.replace(16, 8, std::string(8, '\xFF'));
  mll::test::write_file(file, bytes);
  CHECK(why_not(file).find("of 4294967295 x 4294967295 pixels") != std::string::npos);
}

TEST_CASE("images are reduced to max_side, each side on its own") {
  const mll::detail::temporary_folder folder;
  const cv::Mat image = slope(1000, 600);
  for (const char* name : {"x.jpg", "x.png"}) {
    CAPTURE(name);
    const auto file = folder.path() / name;
    REQUIRE(cv::imwrite(file.string(), image));
    for (const int side : {40, 100, 400, 800}) {
      const cv::Mat found = mll::read_image(file, {.max_side = static_cast<std::size_t>(side)});
      CHECK(found.cols == std::min(side, 1000));
      CHECK(found.rows == std::min(side, 600));
      cv::Mat expected;
      cv::resize(image, expected, found.size(), 0, 0, cv::INTER_AREA);
      CHECK(max_difference(found, expected) <= 8);  // JPEG's own loss
    }
    CHECK(mll::read_image(file, {.max_side = 1000}).size() == image.size());
    CHECK(mll::read_image(file).size() == image.size());
  }
}

TEST_CASE("images are reduced by the short side, if they keep their aspect ratio") {
  const mll::detail::temporary_folder folder;
  for (const auto& [columns, rows] : {std::pair{1000, 600}, std::pair{300, 600}}) {
    const cv::Mat image = slope(columns, rows);
    for (const char* name : {"x.jpg", "x.png"}) {
      const auto file = folder.path() / name;
      REQUIRE(cv::imwrite(file.string(), image));
      const cv::Mat found = mll::read_image(file, {.max_side = 100, .keeps_aspect = true});
      CHECK(found.size() == (columns > rows ? cv::Size{167, 100} : cv::Size{100, 200}));
      cv::Mat expected;
      cv::resize(image, expected, found.size(), 0, 0, cv::INTER_AREA);
      CHECK(max_difference(found, expected) <= 8);
      CHECK(mll::read_image(file, {.max_side = 600, .keeps_aspect = true}).size() == image.size());
    }
  }
}

TEST_CASE("only regular files are opened") {
  const mll::detail::temporary_folder folder;
  const auto pipe = folder.path() / "pipe.png";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(why_not(pipe) == "expected an image, found not a regular file");
  CHECK(why_not(folder.path() / "none.png") == "expected an image, found no such file");
  std::filesystem::create_symlink("self.png", folder.path() / "self.png");
  CHECK(why_not(folder.path() / "self.png") == "expected an image, found Too many levels of symbolic links");
}
#endif
