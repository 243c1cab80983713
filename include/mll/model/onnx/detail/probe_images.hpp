// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

#include "mll/core/random.hpp"

namespace mll::detail {

/// Images to try a network on: each has a colour of its own, and noise.
/// @param[in] channels 1 or 3
[[nodiscard]] inline std::vector<cv::Mat> probe_images(std::size_t count, int width, int height,
                                                       std::size_t channels) {
  random_engine engine{1};
  std::vector<cv::Mat> out;
  for (std::size_t i = 0; i < count; ++i) {
    cv::Mat image(height, width, CV_8UC(static_cast<int>(channels)));
    std::vector<int> colour;
    for (std::size_t c = 0; c < channels; ++c) colour.push_back(static_cast<int>(engine() & 0xFFU));
    for (int row = 0; row < height; ++row) {
      unsigned char* next = image.ptr<unsigned char>(row);
      for (int column = 0; column < width; ++column) {
        for (const int base : colour) {
          const int value = base + static_cast<int>(engine() & 0x3FU) - 32;
          *next++ = static_cast<unsigned char>(std::clamp(value, 0, 255));
        }
      }
    }
    out.push_back(image);
  }
  return out;
}

}  // namespace mll::detail
