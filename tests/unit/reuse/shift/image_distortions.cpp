// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/reuse/shift/image_distortions.hpp"

#include <doctest/doctest.h>

#include <opencv2/core.hpp>
#include <set>
#include <string>

TEST_CASE("distortions of images keep size and type, whatever the number of channels") {
  CHECK(mll::image_distortions().size() >= 12);
  std::set<std::string> names;
  for (const auto& one : mll::image_distortions()) {
    CAPTURE(one.name);
    CHECK(names.insert(one.name).second);
    for (const int type : {CV_8UC3, CV_8UC1}) {
      for (const cv::Size size : {cv::Size{40, 31}, cv::Size{3, 2}}) {
        cv::Mat image(size, type);
        cv::RNG{5}.fill(image, cv::RNG::UNIFORM, 0, 256);
        const cv::Mat before = image.clone();
        const cv::Mat distorted = one.apply(image, 9);
        CHECK(distorted.size() == size);
        CHECK(distorted.type() == type);
        CHECK(cv::norm(image, before, cv::NORM_INF) == 0);  // the original is untouched
        CHECK(cv::norm(distorted, one.apply(image, 9), cv::NORM_INF) == 0);
        if (type == CV_8UC3 && size.width == 40) CHECK(cv::norm(distorted, image, cv::NORM_INF) > 0);
      }
    }
  }
}
#endif
