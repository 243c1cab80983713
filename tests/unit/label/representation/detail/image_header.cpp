// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/label/representation/detail/image_header.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/core/random.hpp"
#include "support/files.hpp"

using mll::detail::image_header;

TEST_CASE("the header of each format tells size and transparency") {
  const mll::detail::temporary_folder folder;
  mll::random_engine engine{5};
  for (const char* kind : {"bmp", "jpg", "jp2", "pgm", "png", "ppm", "pbm", "tiff", "webp"}) {
    for (const int channels : {1, 3, 4}) {
      const std::string name = kind;
      if (channels == 4 && name != "png" && name != "webp" && name != "tiff") continue;
      if ((name == "pgm" || name == "pbm") && channels != 1) continue;
      if (name == "ppm" && channels != 3) continue;
      CAPTURE(name);
      CAPTURE(channels);
      const int width = 16 + static_cast<int>(engine() % 400);
      const int height = 16 + static_cast<int>(engine() % 400);
      cv::Mat image(height, width, CV_8UC(channels));
      cv::randu(image, 0, 255);
      const auto file = folder.path() / ("x." + name);
      REQUIRE(cv::imwrite(file.string(), image));
      const std::string bytes = mll::test::read_file(file);
      const auto header = image_header::read(bytes);
      REQUIRE(header);
      CHECK(header->width == static_cast<std::size_t>(width));
      CHECK(header->height == static_cast<std::size_t>(height));
      CHECK(header->has_alpha == (channels == 4));
      // However it is cut off or changed, reading ends within the bytes.
      for (std::size_t length = 0; length < std::min<std::size_t>(bytes.size(), 200); ++length) {
        const std::string copy = bytes.substr(0, length);
        static_cast<void>(image_header::read(copy));
      }
      for (int i = 0; i < 300; ++i) {
        std::string copy = bytes;
        copy[engine() % std::min<std::size_t>(bytes.size(), 100)] = static_cast<char>(engine() & 0xFFU);
        static_cast<void>(image_header::read(copy));
      }
    }
  }
}

TEST_CASE("headers by hand") {
  using namespace std::string_view_literals;
  const auto size = [](std::string_view bytes) {
    const auto header = image_header::read(bytes);
    return header ? std::to_string(header->width) + "x" + std::to_string(header->height) : "none";
  };
  CHECK(size("P6 # a comment 9 9\n 640\n#another\n480 255\n"sv) == "640x480");
  CHECK(size("P4 7"sv) == "none");
  CHECK(size("P9 7 7"sv) == "none");
  CHECK(size("BM............\x0c\0\0\0\x10\0\x20\0"sv) == "16x32");
  CHECK(size("BM............\x28\0\0\0\x10\0\0\0\xe0\xff\xff\xff"sv) == "16x32");      // from the top
  CHECK(size("\xff\xd8\xff\xe0\0\x04..\xff\xc2\0\x11\x08\0\x20\0\x10"sv) == "16x32");  // progressive
  CHECK(size("\xff\xd8\xff\xe0\0\x04..\xff\xd9"sv) == "none");
  CHECK(size("MM\0*\0\0\0\x08\0\2\1\0\0\3\0\0\0\1\0\x10\0\0\1\1\0\4\0\0\0\1\0\0\0\x20"sv) == "16x32");
  CHECK(size("MM\0*\xff\xff\xff\xff\0\2"sv) == "none");
  CHECK(size("GIF89a\x10\0\x10\0"sv) == "none");
  CHECK(size(""sv) == "none");
}

TEST_CASE("a JPEG file is whole if its image ends, whatever is before and behind") {
  const mll::detail::temporary_folder folder;
  cv::Mat image(120, 160, CV_8UC3);
  cv::randu(image, 0, 255);
  for (const int progressive : {0, 1}) {
    const auto file = folder.path() / "x.jpg";
    REQUIRE(cv::imwrite(file.string(), image, {cv::IMWRITE_JPEG_PROGRESSIVE, progressive}));
    const std::string bytes = mll::test::read_file(file);
    const auto is_whole = [](const std::string& content) {
      return mll::detail::jpeg_segments{content}.has_end();
    };
    CHECK(is_whole(bytes));
    CHECK(is_whole(bytes + std::string(5000, '\0')));
    for (std::size_t length = 0; length < bytes.size(); length += 1 + bytes.size() / 50) {
      CAPTURE(length);
      CHECK_FALSE(is_whole(bytes.substr(0, length)));
      CHECK_FALSE(is_whole(bytes.substr(0, length) + std::string(100, '\0')));
    }
    CHECK_FALSE(is_whole(bytes.substr(0, bytes.size() - 1)));
    // An end within a segment, as of a thumbnail, is not that of the image.
    const std::string thumbnail = "\xFF\xE1" + std::string("\0\x08", 2) + "ab\xFF\xD9" + "cd";
    CHECK_FALSE(is_whole(bytes.substr(0, 2) + thumbnail + bytes.substr(2, bytes.size() / 2)));
    CHECK(is_whole(bytes.substr(0, 2) + thumbnail.substr(0, 10) + bytes.substr(2)));
  }
}
#endif
