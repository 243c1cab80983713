// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/model/onnx/prepare_image.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "mll/core/random.hpp"

using mll::crop_rounding;
using mll::image_fit;
using mll::interpolation;

namespace {

/// The image that the reference values were made from.
cv::Mat pattern(int rows, int columns) {
  cv::Mat out(rows, columns, CV_8UC3);
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      for (int k = 0; k < 3; ++k)
        out.at<cv::Vec3b>(r, c)[k] =
            static_cast<unsigned char>((r * 37 + c * 59 + k * 101 + r * c * 13) % 256);
    }
  }
  return out;
}

struct reference {
  int rows, columns;
  mll::image_preparation preparation;
  std::size_t width, height;
  std::vector<int> values;
};

/// What Pillow 13 makes of the pattern: Image.resize and Image.crop; letterbox: Image.paste onto grey.
const std::vector<reference>& references() {
  static const std::vector<reference> out = {
      {11,
       8,
       {image_fit::stretch, interpolation::bilinear, 0, crop_rounding::even},
       4,
       3,
       {100, 134, 115, 158, 118, 123, 151, 125, 119, 120, 99,  133, 123, 130, 148, 129, 128, 150,
        124, 118, 137, 106, 91,  160, 126, 137, 148, 131, 115, 136, 118, 124, 130, 132, 107, 145}},
      {3,
       2,
       {image_fit::stretch, interpolation::bilinear, 0, crop_rounding::even},
       4,
       5,
       {0,   101, 202, 15,  116, 153, 44,  145, 54,  59,  160, 5,   15,  116, 217, 31, 132, 169, 63,  164,
        73,  79,  180, 25,  37,  138, 239, 55,  156, 193, 91,  192, 101, 109, 210, 55, 59,  160, 108, 79,
        142, 102, 119, 105, 91,  139, 86,  85,  74,  175, 20,  95,  132, 41,  138, 47, 84,  159, 4,   105}},
      {11,
       8,
       {image_fit::crop, interpolation::bilinear, 4, crop_rounding::even},
       3,
       3,
       {124, 133, 117, 146, 137, 138, 159, 119, 112, 126, 123, 154, 128, 120,
        153, 108, 112, 149, 116, 142, 155, 121, 133, 144, 131, 134, 121}},
      {9,
       14,
       {image_fit::crop, interpolation::bilinear, 5, crop_rounding::even},
       4,
       4,
       {140, 136, 134, 126, 111, 130, 129, 100, 137, 131, 148, 93,  163, 116, 109, 130,
        103, 124, 149, 116, 111, 148, 89,  104, 136, 109, 129, 102, 90,  168, 107, 152,
        142, 132, 135, 115, 99,  136, 149, 96,  107, 164, 104, 117, 144, 113, 132, 105}},
      {9,
       14,
       {image_fit::crop, interpolation::bilinear, 5, crop_rounding::down},
       4,
       4,
       {165, 108, 111, 140, 136, 134, 126, 111, 130, 129, 100, 137, 155, 120, 131, 163,
        116, 109, 130, 103, 124, 149, 116, 111, 130, 135, 146, 136, 109, 129, 102, 90,
        168, 107, 152, 142, 132, 127, 152, 99,  136, 149, 96,  107, 164, 104, 117, 144}},
      {9,
       14,
       {image_fit::stretch, interpolation::bilinear, 4, crop_rounding::even},
       3,
       3,
       {121, 122, 111, 143, 121, 126, 134, 106, 123, 134, 132, 131, 144, 117,
        124, 132, 117, 124, 125, 123, 153, 109, 110, 154, 100, 129, 149}},
      {9,
       14,
       {image_fit::letterbox, interpolation::bilinear, 0, crop_rounding::even},
       4,
       5,
       {114, 114, 114, 114, 114, 114, 114, 114, 114, 114, 114, 114, 128, 122, 116, 145, 122, 123, 136, 108,
        121, 145, 121, 105, 126, 131, 141, 126, 110, 140, 113, 124, 140, 115, 125, 108, 119, 134, 153, 124,
        126, 139, 121, 115, 128, 117, 124, 126, 114, 114, 114, 114, 114, 114, 114, 114, 114, 114, 114, 114}},
      {5,
       9,
       {image_fit::crop, interpolation::bilinear, 3, crop_rounding::even},
       4,
       4,
       {53,  146, 127, 153, 119, 99,  156, 119, 136, 119, 138, 131, 119, 120, 97,  164,
        110, 139, 158, 107, 104, 141, 114, 109, 111, 165, 128, 121, 155, 149, 160, 134,
        106, 118, 91,  158, 0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0}},
      {9,
       4,
       {image_fit::stretch, interpolation::bilinear, 0, crop_rounding::even},
       6,
       4,
       {31,  132, 181, 66,  141, 114, 112, 143, 58,  158, 117, 104, 180, 98,  126, 189, 85,  135,
        106, 200, 70,  123, 133, 109, 137, 77,  154, 131, 125, 175, 140, 157, 142, 150, 176, 103,
        172, 98,  136, 120, 130, 156, 84,  150, 169, 150, 105, 144, 143, 120, 155, 119, 145, 171,
        61,  110, 211, 112, 139, 160, 153, 166, 118, 118, 160, 155, 112, 133, 161, 115, 106, 156}},
      {7,
       6,
       {image_fit::crop, interpolation::bilinear, 6, crop_rounding::even},
       4,
       4,
       {159, 4,   105, 244, 89, 190, 73,  174, 19, 158, 3,   104, 209, 54,  155, 51,
        152, 253, 149, 250, 95, 247, 92,  193, 3,  104, 205, 114, 215, 60,  225, 70,
        171, 80,  181, 26,  53, 154, 255, 177, 22, 123, 45,  146, 247, 169, 14,  115}},
      {11,
       8,
       {image_fit::stretch, interpolation::bicubic, 0, crop_rounding::even},
       4,
       3,
       {93,  134, 112, 164, 115, 123, 154, 126, 118, 118, 97,  132, 124, 132, 147, 129, 132, 152,
        124, 121, 132, 101, 89,  166, 126, 140, 151, 131, 110, 136, 115, 126, 128, 137, 107, 146}},
      {3,
       2,
       {image_fit::stretch, interpolation::bicubic, 0, crop_rounding::even},
       4,
       5,
       {0,   93, 216, 9,  110, 158, 43,  144, 42,  60,  161, 0,   9,   106, 243, 24, 128, 182, 61, 171,
        63,  80, 193, 10, 31,  132, 255, 52,  153, 201, 94,  195, 93,  115, 216, 39, 55,  171, 99, 80,
        146, 97, 127, 96, 91,  151, 78,  89,  69,  194, 0,   95,  139, 26,  145, 27, 87,  171, 0,  119}},
      {11,
       8,
       {image_fit::crop, interpolation::bicubic, 4, crop_rounding::even},
       3,
       3,
       {124, 130, 114, 145, 139, 144, 168, 115, 104, 125, 126, 154, 131, 122,
        153, 102, 116, 150, 117, 141, 157, 117, 134, 147, 134, 135, 115}},
      {9,
       14,
       {image_fit::crop, interpolation::bicubic, 5, crop_rounding::even},
       4,
       4,
       {136, 143, 138, 125, 110, 129, 127, 91,  143, 126, 160, 85,  170, 117, 100, 126,
        100, 126, 154, 120, 107, 154, 78,  104, 140, 105, 125, 97,  80,  176, 104, 166,
        144, 134, 135, 116, 91,  139, 151, 91,  103, 169, 101, 117, 150, 113, 136, 98}},
      {9,
       14,
       {image_fit::crop, interpolation::bicubic, 5, crop_rounding::down},
       4,
       4,
       {177, 99,  105, 136, 143, 138, 125, 110, 129, 127, 91,  143, 157, 123, 136, 170,
        117, 100, 126, 100, 126, 154, 120, 107, 128, 138, 150, 140, 105, 125, 97,  80,
        176, 104, 166, 144, 136, 124, 152, 91,  139, 151, 91,  103, 169, 101, 117, 150}},
      {9,
       14,
       {image_fit::stretch, interpolation::bicubic, 4, crop_rounding::even},
       3,
       3,
       {120, 121, 110, 147, 122, 125, 130, 104, 124, 134, 135, 130, 148, 113,
        122, 133, 116, 125, 130, 125, 152, 103, 109, 159, 96,  129, 154}},
      {9,
       14,
       {image_fit::letterbox, interpolation::bicubic, 0, crop_rounding::even},
       4,
       5,
       {114, 114, 114, 114, 114, 114, 114, 114, 114, 114, 114, 114, 126, 123, 113, 151, 120, 121, 135, 104,
        121, 150, 119, 103, 130, 133, 143, 125, 107, 142, 112, 127, 143, 111, 126, 106, 119, 134, 155, 122,
        126, 139, 121, 112, 127, 119, 126, 124, 114, 114, 114, 114, 114, 114, 114, 114, 114, 114, 114, 114}},
      {5,
       9,
       {image_fit::crop, interpolation::bicubic, 3, crop_rounding::even},
       4,
       4,
       {41,  151, 127, 165, 113, 92,  157, 117, 141, 113, 144, 132, 121, 116, 94,  169,
        106, 145, 159, 114, 99,  145, 112, 106, 110, 165, 127, 119, 158, 153, 168, 135,
        102, 118, 87,  158, 0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0}},
      {9,
       4,
       {image_fit::stretch, interpolation::bicubic, 0, crop_rounding::even},
       6,
       4,
       {20,  124, 198, 57,  142, 113, 114, 151, 39,  163, 116, 103, 186, 91,  131, 191, 79,  137,
        104, 221, 50,  124, 131, 102, 143, 53,  166, 129, 124, 188, 138, 166, 141, 149, 184, 92,
        193, 89,  133, 117, 134, 158, 63,  163, 174, 159, 97,  139, 153, 116, 153, 120, 151, 174,
        46,  104, 224, 112, 137, 160, 168, 171, 105, 115, 165, 159, 105, 130, 165, 111, 101, 156}},
      {7,
       6,
       {image_fit::crop, interpolation::bicubic, 6, crop_rounding::even},
       4,
       4,
       {159, 4,   105, 244, 89, 190, 73,  174, 19, 158, 3,   104, 209, 54,  155, 51,
        152, 253, 149, 250, 95, 247, 92,  193, 3,  104, 205, 114, 215, 60,  225, 70,
        171, 80,  181, 26,  53, 154, 255, 177, 22, 123, 45,  146, 247, 169, 14,  115}},
      {11,
       8,
       {image_fit::stretch, interpolation::nearest, 0, crop_rounding::even},
       4,
       3,
       {109, 210, 55,  253, 98,  199, 141, 242, 87,  29, 130, 231, 53,  154, 255, 45, 146, 247,
        37,  138, 239, 29,  130, 231, 253, 98,  199, 93, 194, 39,  189, 34,  135, 29, 130, 231}},
      {3,
       2,
       {image_fit::stretch, interpolation::nearest, 0, crop_rounding::even},
       4,
       5,
       {0,   101, 202, 0, 101, 202, 59,  160, 5,   59,  160, 5,   0,   101, 202, 0,  101, 202, 59, 160,
        5,   59,  160, 5, 37,  138, 239, 37,  138, 239, 109, 210, 55,  109, 210, 55, 74,  175, 20, 74,
        175, 20,  159, 4, 105, 159, 4,   105, 74,  175, 20,  74,  175, 20,  159, 4,  105, 159, 4,  105}},
      {9,
       14,
       {image_fit::crop, interpolation::nearest, 5, crop_rounding::even},
       4,
       4,
       {39, 140, 241, 157, 2,   103, 19, 120, 221, 137, 238, 83,  243, 88,  189, 157,
        2,  103, 71,  172, 17,  241, 86, 187, 191, 36,  137, 157, 2,   103, 123, 224,
        69, 89,  190, 35,  139, 240, 85, 157, 2,   103, 175, 20,  121, 193, 38,  139}},
      {11,
       8,
       {image_fit::stretch, interpolation::lanczos, 0, crop_rounding::even},
       4,
       3,
       {90,  135, 112, 167, 110, 121, 156, 128, 117, 116, 96,  133, 127, 131, 148, 125, 134, 154,
        127, 122, 128, 101, 89,  167, 127, 141, 153, 132, 106, 136, 111, 130, 127, 140, 107, 147}},
      {3,
       2,
       {image_fit::stretch, interpolation::lanczos, 0, crop_rounding::even},
       4,
       5,
       {0,   90, 227, 11, 110, 147, 41,  136, 45,  65,  157, 1,   4,   94,  255, 23, 130, 185, 56, 177,
        68,  81, 210, 0,  24,  125, 255, 54,  155, 196, 92,  193, 98,  122, 223, 23, 50,  182, 89, 85,
        146, 95, 128, 98, 94,  162, 79,  90,  62,  213, 0,   97,  132, 22,  143, 26, 82,  178, 0,  130}},
      {9,
       14,
       {image_fit::crop, interpolation::lanczos, 5, crop_rounding::even},
       4,
       4,
       {133, 141, 143, 124, 115, 126, 128, 81, 147, 124, 167, 84,  171, 127, 86,  126,
        102, 133, 156, 115, 104, 156, 72,  99, 146, 100, 128, 91,  75,  177, 103, 176,
        144, 135, 135, 120, 87,  139, 150, 92, 105, 174, 99,  113, 152, 112, 141, 92}},
  };
  return out;
}

std::vector<int> flat(const cv::Mat& image) {
  std::vector<int> out;
  for (int r = 0; r < image.rows; ++r) {
    const auto* row = image.ptr<unsigned char>(r);
    out.insert(out.end(), row, row + image.cols * image.channels());
  }
  return out;
}

}  // namespace

TEST_CASE("prepared images equal those of Pillow") {
  for (const reference& each : references()) {
    CAPTURE(each.rows);
    CAPTURE(static_cast<int>(each.preparation.fit));
    CAPTURE(static_cast<int>(each.preparation.interpolation));
    const auto out =
        mll::prepare_image(pattern(each.rows, each.columns), each.width, each.height, each.preparation);
    CHECK(flat(out) == each.values);
  }
}

TEST_CASE("one channel is prepared as each of three") {
  for (const reference& each : references()) {
    std::vector<cv::Mat> channels;
    cv::split(pattern(each.rows, each.columns), channels);
    std::vector<cv::Mat> prepared;
    for (const cv::Mat& channel : channels)
      prepared.push_back(mll::prepare_image(channel, each.width, each.height, each.preparation));
    cv::Mat merged;
    cv::merge(prepared, merged);
    CHECK(flat(merged) == each.values);
  }
}

TEST_CASE("area: the mean of what a pixel covers, in every fit") {
  cv::Mat image(4, 8, CV_8UC1);
  for (int i = 0; i < 32; ++i) image.ptr<unsigned char>(i / 8)[i % 8] = static_cast<unsigned char>(8 * i);
  const auto prepared = [&](image_fit fit, std::size_t short_side) {
    return flat(mll::prepare_image(image, 2, 2, {.fit = fit, .short_side = short_side}));
  };
  // Rows 0 and 1, columns 2 and 3: 8 * (2 + 3 + 10 + 11) / 4.
  CHECK(prepared(image_fit::crop, 0) == std::vector<int>{52, 68, 180, 196});
  CHECK(prepared(image_fit::stretch, 0) == std::vector<int>{44, 76, 172, 204});
  CHECK(prepared(image_fit::letterbox, 0) == std::vector<int>{108, 140, 114, 114});
  // A crop beyond the image is black there.
  CHECK(prepared(image_fit::crop, 1) == std::vector<int>{108, 140, 0, 0});
}

TEST_CASE("an image of the input's size stays as it is") {
  const cv::Mat image = pattern(5, 7);
  for (const auto fit : {image_fit::stretch, image_fit::crop, image_fit::letterbox}) {
    for (const auto kind : {interpolation::area, interpolation::bilinear, interpolation::bicubic}) {
      CHECK(flat(mll::prepare_image(image, 7, 5, {.fit = fit, .interpolation = kind})) == flat(image));
    }
  }
}

TEST_CASE("a crop of the image's own size leaves the image alone") {
  const cv::Mat image = pattern(6, 6);
  const auto before = flat(image);
  for (const std::size_t short_side : {7U, 8U}) {
    const auto out = mll::prepare_image(
        image, 6, 6,
        {.fit = image_fit::crop, .interpolation = interpolation::bilinear, .short_side = short_side});
    CHECK(flat(out) != before);
  }
  CHECK(flat(image) == before);
}

TEST_CASE("images of extreme shape take the memory of the result") {
  const cv::Mat line(1, 60000, CV_8UC3, cv::Scalar{10, 20, 30});
  const cv::Mat column = line.t();
  for (const cv::Mat& image : {line, column}) {
    for (const auto fit : {image_fit::stretch, image_fit::crop, image_fit::letterbox}) {
      const auto out = mll::prepare_image(
          image, 224, 224, {.fit = fit, .interpolation = interpolation::bicubic, .short_side = 16384});
      CHECK(out.size() == cv::Size{224, 224});
      if (fit != image_fit::letterbox) CHECK(out.at<cv::Vec3b>(100, 100) == cv::Vec3b{10, 20, 30});
    }
  }
}

TEST_CASE("other images and sizes are refused") {
  const cv::Mat image = pattern(4, 4);
  CHECK_THROWS_WITH(static_cast<void>(mll::prepare_image(image, 0, 4, {})),
                    "width: expected 1 to 16384 pixels, found 0");
  CHECK_THROWS_WITH(static_cast<void>(mll::prepare_image(image, 4, 16385, {})),
                    "height: expected 1 to 16384 pixels, found 16385");
  CHECK_THROWS_WITH(static_cast<void>(mll::prepare_image(image, 4, 4, {.short_side = 20000})),
                    "preparation.short_side: expected 1 to 16384 pixels, found 20000");
  CHECK_THROWS_WITH(static_cast<void>(mll::prepare_image({}, 4, 4, {})),
                    "image: expected an 8-bit image of 1 or 3 channels, found an empty image");
  CHECK_THROWS_WITH(static_cast<void>(mll::prepare_image(cv::Mat(2, 2, CV_32FC3), 4, 4, {})),
                    "image: expected an 8-bit image of 1 or 3 channels, found an image of type CV_32FC3");
}
#endif
