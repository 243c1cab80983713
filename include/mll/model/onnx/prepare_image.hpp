// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <string>

#include "mll/core/error.hpp"
#include "mll/model/onnx/detail/resample.hpp"
#include "mll/model/onnx/image_preparation.hpp"

namespace mll {

namespace detail {

/// The largest side of a resized image.
inline constexpr std::int64_t max_prepared_side = std::int64_t{1} << 14U;

/// Where a crop of `wanted` of `size` pixels begins; negative if there are fewer.
[[nodiscard]] inline std::int64_t crop_begin(std::int64_t size, std::int64_t wanted, crop_rounding rounding) {
  const std::int64_t margin = size - wanted;
  const std::int64_t below = margin >= 0 ? margin / 2 : -((wanted - size) / 2);
  if (margin < 0 || rounding == crop_rounding::down || margin % 2 == 0) return below;
  return below + below % 2;
}

/// The part `[x, x + width) x [y, y + height)` of a resized image; black where that is outside.
[[nodiscard]] inline cv::Mat resample_window(const cv::Mat& image, std::int64_t width, std::int64_t height,
                                             const cv::Rect_<std::int64_t>& wanted, interpolation kind,
                                             int outside) {
  const cv::Rect_<std::int64_t> inside = wanted & cv::Rect_<std::int64_t>{0, 0, width, height};
  const cv::Mat part = resample(image, width, height, inside, kind);
  if (inside == wanted) return part;
  cv::Mat out;
  const auto top = static_cast<int>(inside.y - wanted.y);
  const auto left = static_cast<int>(inside.x - wanted.x);
  cv::copyMakeBorder(part, out, top, static_cast<int>(wanted.height - inside.height) - top, left,
                     static_cast<int>(wanted.width - inside.width) - left, cv::BORDER_CONSTANT,
                     cv::Scalar::all(outside));
  return out;
}

}  // namespace detail

/// An image as the input of a network shows it. Component `mll::opencv`.
///
/// All but `area` is Pillow's `Image.resize`, bit by bit (Pillow 13: up to the last bit). `area` with
/// `stretch` is OpenCV's `INTER_AREA` (`INTER_LINEAR` if no side shrinks).
///
/// @param[in] image       8-bit, 1 or 3 channels
/// @param[in] width       of the result, 1 to 16384
/// @param[in] height      of the result, 1 to 16384
/// @param[in] preparation how it is resized
/// @return 8-bit, `[height, width]`, as many channels; may share the pixels of `image`
///
/// Throws: `invalid_argument` for any other image or size. Complexity: O(pixels of the result times the
/// factor of shrinking, squared); no more memory than image and result take, whatever the shape of the image.
[[nodiscard]] inline cv::Mat prepare_image(const cv::Mat& image, std::size_t width, std::size_t height,
                                           const image_preparation& preparation) {
  const auto check = [](const char* name, std::size_t side) {
    constexpr auto max_side = static_cast<std::size_t>(detail::max_prepared_side);
    if (side == 0 || side > max_side)
      throw invalid_argument{name, "1 to " + std::to_string(max_side) + " pixels", std::to_string(side)};
    return static_cast<std::int64_t>(side);
  };
  const std::int64_t columns = check("width", width);
  const std::int64_t rows = check("height", height);
  const std::int64_t shorter = std::min(columns, rows);
  const std::int64_t short_side =
      preparation.short_side == 0 ? shorter : check("preparation.short_side", preparation.short_side);
  if (image.empty() || image.dims != 2 || image.depth() != CV_8U ||
      (image.channels() != 1 && image.channels() != 3)) {
    throw invalid_argument{
        "image", "an 8-bit image of 1 or 3 channels",
        image.empty() ? std::string{"an empty image"} : "an image of type " + cv::typeToString(image.type())};
  }
  const auto scaled = [](std::int64_t length, std::int64_t to,
                         std::int64_t from) {  // Python's int(a * b / c)
    return std::max<std::int64_t>(
        static_cast<std::int64_t>(static_cast<double>(length * to) / static_cast<double>(from)), 1);
  };
  std::int64_t wide = columns;
  std::int64_t high = rows;
  switch (preparation.fit) {
    case image_fit::stretch:
      if (short_side != shorter) {
        wide = scaled(columns, short_side, shorter);
        high = scaled(rows, short_side, shorter);
      } else if (preparation.interpolation == interpolation::area) {
        if (image.cols == columns && image.rows == rows) return image;
        cv::Mat out;
        const bool shrinks = image.cols > columns || image.rows > rows;
        cv::resize(image, out, {static_cast<int>(columns), static_cast<int>(rows)}, 0, 0,
                   shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
        return out;
      }
      break;
    case image_fit::crop: {
      // With a size of its own, the crop may reach beyond the image; without, it fits in both directions.
      const bool by_width =
          preparation.short_side == 0 ? columns * image.rows > rows * image.cols : image.cols <= image.rows;
      const std::int64_t side = preparation.short_side != 0 ? short_side : by_width ? columns : rows;
      wide = by_width ? side : scaled(image.cols, side, image.rows);
      high = by_width ? scaled(image.rows, side, image.cols) : side;
      break;
    }
    case image_fit::letterbox: {
      const double ratio =
          std::min(static_cast<double>(columns) / image.cols, static_cast<double>(rows) / image.rows);
      wide = std::clamp<std::int64_t>(std::llrint(image.cols * ratio), 1, columns);
      high = std::clamp<std::int64_t>(std::llrint(image.rows * ratio), 1, rows);
      return detail::resample_window(image, wide, high,
                                     {(wide - columns) / 2, (high - rows) / 2, columns, rows},
                                     preparation.interpolation, 114);
    }
  }
  return detail::resample_window(image, wide, high,
                                 {detail::crop_begin(wide, columns, preparation.rounding),
                                  detail::crop_begin(high, rows, preparation.rounding), columns, rows},
                                 preparation.interpolation, 0);
}

}  // namespace mll
