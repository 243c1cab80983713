// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/model/onnx/detail/image_tensor.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <opencv2/core.hpp>
#include <span>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/random.hpp"
#include "mll/model/detail/batch_memo.hpp"

namespace {

using mll::detail::batch_memo;
using mll::detail::image_tensor;

std::vector<cv::Mat> pictures(int rows, int columns) {
  mll::random_engine engine{3};
  std::vector<cv::Mat> out;
  for (int i = 0; i < 3; ++i) {
    out.emplace_back(rows, columns, CV_8UC3);
    for (std::size_t b = 0; b < out.back().total() * 3; ++b)
      out.back().data[b] = static_cast<unsigned char>(engine() & 0xFFU);
  }
  return out;
}

/// The inputs of a network for all images.
std::vector<float> values_of(const mll::onnx_options& options, std::span<const cv::Mat> images) {
  const image_tensor tensor{options};
  std::vector<float> out(images.size() * tensor.size());
  const auto prepared = tensor.prepare(images, 0);
  for (std::size_t i = 0; i < images.size(); ++i) tensor.fill(prepared[i], out.data() + i * tensor.size());
  return out;
}

}  // namespace

TEST_CASE("experts that resize alike share resized images, whatever they do with the pixels") {
  auto images = pictures(30, 40);
  const mll::onnx_options plain{.width = 12, .height = 10, .channels = 3};
  mll::onnx_options other_values = plain;
  other_values.order = mll::channel_order::bgr;
  other_values.layout = mll::tensor_layout::nhwc;
  other_values.mean = {0.5F, 0.4F, 0.3F};
  other_values.deviation = {0.2F, 0.3F, 0.4F};
  mll::onnx_options grey = plain;
  grey.channels = 1;
  mll::onnx_options wider = plain;
  wider.width = 13;
  mll::onnx_options cropped = plain;
  cropped.preparation = {.fit = mll::image_fit::crop, .interpolation = mll::interpolation::bicubic};
  const auto alone = values_of(plain, images);
  const auto alone_other = values_of(other_values, images);
  const auto alone_grey = values_of(grey, images);

  batch_memo memo{std::span<const cv::Mat>{images}, 1'000'000};
  const batch_memo::use shared{memo};
  CHECK(values_of(plain, images) == alone);
  // Resizing again would now give black.
  for (cv::Mat& image : images) image.setTo(cv::Scalar::all(0));
  CHECK(values_of(plain, images) == alone);
  CHECK(values_of(other_values, images) == alone_other);
  CHECK(values_of(grey, images) == alone_grey);
  const auto is_black = [&](const mll::onnx_options& options) {
    const auto values = values_of(options, images);
    return values == std::vector<float>(values.size());
  };
  CHECK(is_black(wider));
  CHECK(is_black(cropped));
  const std::vector<cv::Mat> copies = images;
  const auto of_copies = values_of(plain, copies);
  CHECK(of_copies == std::vector<float>(of_copies.size()));
}

TEST_CASE("large images are kept outside the heap") {
  using mll::detail::prepared_image;
  const prepared_image small{pictures(100, 200)[0]};
  const prepared_image large{pictures(150, 200)[0]};
  CHECK(prepared_image::outside_the_heap(small).memory == nullptr);
  const auto moved = prepared_image::outside_the_heap(large);
  CHECK(moved.memory != nullptr);
  CHECK(moved.pixels.data == moved.memory.get());
  CHECK(moved.pixels.size() == large.pixels.size());
  CHECK(cv::norm(moved.pixels, large.pixels, cv::NORM_INF) == 0);
}

TEST_CASE("images of the input's size are not kept") {
  auto images = pictures(10, 12);
  const mll::onnx_options options{.width = 12, .height = 10, .channels = 3};
  const auto size = images[0].total() * 3;
  batch_memo memo{std::span<const cv::Mat>{images}, size};  // room for one
  const batch_memo::use shared{memo};
  static_cast<void>(values_of(options, images));
  mll::onnx_options other = options;
  other.width = 11;
  const auto resized = values_of(other, std::span{images}.first(1));
  images[0].setTo(cv::Scalar::all(0));
  CHECK(values_of(other, std::span{images}.first(1)) == resized);
}

TEST_CASE("an image that is none is named by its place in the batch, with and without a memo") {
  auto images = pictures(10, 12);
  images[1] = cv::Mat(4, 4, CV_32FC3);
  images[2] = cv::Mat{};
  const image_tensor tensor{{.width = 5, .height = 4, .channels = 3}};
  const auto complaint =
      "batch[8]: expected an 8-bit image of 1 or 3 channels, found an image of type CV_32FC3";
  CHECK_THROWS_WITH_AS(static_cast<void>(tensor.prepare(images, 7)), complaint, mll::invalid_argument);
  batch_memo memo{std::span<const cv::Mat>{images}, 1'000'000};
  const batch_memo::use shared{memo};
  for (int i = 0; i < 2; ++i)
    CHECK_THROWS_WITH_AS(static_cast<void>(tensor.prepare(images, 7)), complaint, mll::invalid_argument);
}
#endif
