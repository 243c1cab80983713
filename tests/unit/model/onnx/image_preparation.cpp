// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/model/onnx/image_preparation.hpp"

#include <doctest/doctest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "mll/core/random.hpp"
#include "mll/model/onnx/onnx_options.hpp"
#include "mll/model/onnx/prepare_image.hpp"

TEST_CASE("by default images are stretched as OpenCV does it") {
  mll::random_engine engine{3};
  cv::Mat image(31, 47, CV_8UC3);
  for (int r = 0; r < image.rows; ++r) {
    for (int i = 0; i < 3 * image.cols; ++i)
      image.ptr<unsigned char>(r)[i] = static_cast<unsigned char>(engine() & 0xFFU);
  }
  for (const cv::Size size : {cv::Size{20, 10}, cv::Size{60, 50}, cv::Size{20, 50}}) {
    cv::Mat expected;
    const bool shrinks = size.width < image.cols;
    cv::resize(image, expected, size, 0, 0, shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
    const cv::Mat found =
        mll::prepare_image(image, static_cast<std::size_t>(size.width), static_cast<std::size_t>(size.height),
                           mll::onnx_options{}.preparation);
    CHECK(cv::norm(found, expected, cv::NORM_INF) == 0);
  }
}
#endif
