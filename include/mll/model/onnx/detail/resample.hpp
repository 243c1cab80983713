// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <opencv2/core.hpp>
#include <vector>

#include "mll/model/onnx/image_preparation.hpp"

namespace mll::detail {

/// The weights of each pixel of a resized row: those of Pillow's `ImagingResample`, in fixed point.
///
/// Source: Pillow, src/libImaging/Resample.c. The support of the filter grows with the factor of shrinking;
/// weights sum to 1 before they are rounded to 22 bits.
class resample_weights {
 public:
  static constexpr int precision = 22;  // 8 bits for the pixel, 2 for the overshoot of negative weights

  /// @param[in] from  pixels of the image
  /// @param[in] to    pixels of the resized image
  /// @param[in] first the first of `count` pixels that are wanted, within `to`
  resample_weights(std::int64_t from, std::int64_t to, std::int64_t first, int count, interpolation kind) {
    const double scale = static_cast<double>(from) / static_cast<double>(to);
    const double filter_scale = std::max(scale, 1.0);
    if (kind == interpolation::area && scale <= 1) kind = interpolation::bilinear;
    const double support = radius(kind) * filter_scale;
    if (kind == interpolation::nearest) {
      take_nearest(from, scale, first, count);
      return;
    }
    std::vector<double> row;
    const double narrowing = 1 / filter_scale;
    for (int i = 0; i < count; ++i) {
      const double centre = (static_cast<double>(first + i) + 0.5) * scale;
      const auto begin = std::max<std::int64_t>(static_cast<std::int64_t>(centre - support + 0.5), 0);
      const auto end = std::min(static_cast<std::int64_t>(centre + support + 0.5), from);
      row.clear();
      double sum = 0;
      for (std::int64_t x = begin; x < end; ++x) {
        row.push_back(filter((static_cast<double>(x) - centre + 0.5) * narrowing, kind));
        sum += row.back();
      }
      spans_.push_back({static_cast<int>(begin), values_.size(), row.size()});
      for (const double weight : row) {
        const double fixed = weight / (sum == 0 ? 1 : sum) * (1 << precision);
        values_.push_back(static_cast<std::int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5));
      }
    }
  }

  struct span {
    int begin;  ///< the first source pixel
    std::size_t at;
    std::size_t count;
  };
  [[nodiscard]] int size() const noexcept { return static_cast<int>(spans_.size()); }
  [[nodiscard]] const span& operator[](int i) const { return spans_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] const std::int32_t* values(const span& of) const { return values_.data() + of.at; }
  /// The source pixels that are read: `[first, last)`.
  [[nodiscard]] cv::Range sources() const {
    cv::Range out{spans_.front().begin, 0};
    for (const span& each : spans_) {
      out.start = std::min(out.start, each.begin);
      out.end = std::max(out.end, each.begin + static_cast<int>(each.count));
    }
    return out;
  }

  static unsigned char to_pixel(std::int32_t sum) {
    return static_cast<unsigned char>(std::clamp(sum >> precision, 0, 255));
  }
  static constexpr std::int32_t half = std::int32_t{1} << (precision - 1);

 private:
  /// Pillow adds up the positions of the pixels, and their rounding errors.
  void take_nearest(std::int64_t from, double scale, std::int64_t first, int count) {
    constexpr std::int64_t max_steps = 1 << 16;  // beyond, time counts more than the last bit
    double position = scale * 0.5;
    if (first <= max_steps) {
      for (std::int64_t i = 0; i < first; ++i) position += scale;
    } else {
      position += static_cast<double>(first) * scale;
    }
    for (int i = 0; i < count; ++i, position += scale) {
      const auto at = std::min(static_cast<std::int64_t>(position), from - 1);
      spans_.push_back({static_cast<int>(at), values_.size(), 1});
      values_.push_back(1 << precision);
    }
  }
  static double radius(interpolation kind) {
    switch (kind) {
      case interpolation::area:
      case interpolation::nearest:
        return 0.5;
      case interpolation::bilinear:
        return 1;
      case interpolation::bicubic:
        return 2;
      case interpolation::lanczos:
        return 3;
    }
    return 0;
  }
  static double filter(double x, interpolation kind) {
    const double d = std::abs(x);
    const auto sinc = [](double at) { return at == 0 ? 1 : std::sin(at) / at; };
    switch (kind) {
      case interpolation::area:
      case interpolation::nearest:
        return x > -0.5 && x <= 0.5 ? 1 : 0;
      case interpolation::bilinear:
        return std::max(0.0, 1 - d);
      case interpolation::bicubic: {
        constexpr double a = -0.5;
        if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
        return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
      }
      case interpolation::lanczos:
        return x >= -3 && x < 3 ? sinc(x * std::numbers::pi) * sinc(x * std::numbers::pi / 3) : 0;
    }
    return 0;
  }

  std::vector<span> spans_;
  std::vector<std::int32_t> values_;
};

/// Resizes the rows of an image.
[[nodiscard]] inline cv::Mat resample_across(const cv::Mat& image, const resample_weights& across) {
  const int channels = image.channels();
  cv::Mat out(image.rows, across.size(), image.type());
  for (int r = 0; r < image.rows; ++r) {
    const auto* source = image.ptr<unsigned char>(r);
    auto* to = out.ptr<unsigned char>(r);
    for (int column = 0; column < across.size(); ++column) {
      const auto& span = across[column];
      const std::int32_t* weights = across.values(span);
      for (int c = 0; c < channels; ++c) {
        std::int32_t sum = resample_weights::half;
        const unsigned char* pixel = source + span.begin * channels + c;
        for (std::size_t k = 0; k < span.count; ++k, pixel += channels) sum += *pixel * weights[k];
        *to++ = resample_weights::to_pixel(sum);
      }
    }
  }
  return out;
}

/// Resizes the columns of an image of which row 0 is row `first` for the weights.
[[nodiscard]] inline cv::Mat resample_down(const cv::Mat& image, int first, const resample_weights& down) {
  cv::Mat out(down.size(), image.cols, image.type());
  std::vector<std::int32_t> sums;
  for (int r = 0; r < out.rows; ++r) {
    const auto& span = down[r];
    const std::int32_t* weights = down.values(span);
    sums.assign(static_cast<std::size_t>(out.cols * image.channels()), resample_weights::half);
    for (std::size_t k = 0; k < span.count; ++k) {
      const auto* source = image.ptr<unsigned char>(span.begin - first + static_cast<int>(k));
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += source[i] * weights[k];
    }
    auto* to = out.ptr<unsigned char>(r);
    for (const std::int32_t sum : sums) *to++ = resample_weights::to_pixel(sum);
  }
  return out;
}

/// A part of a resized image, as Pillow's `Image.resize` computes it: across, then down. The other way round
/// if only the height shrinks, as Pillow 13 does; it does so for some images that shrink in both directions
/// as well, whose pixels then differ in the last bit.
/// @param[in] image  8-bit, 1 or 3 channels
/// @param[in] width  of the resized image, of which `window` is taken
/// @param[in] height of the resized image
/// Complexity: O(pixels of the window times the support), both sides one after the other.
[[nodiscard]] inline cv::Mat resample(const cv::Mat& image, std::int64_t width, std::int64_t height,
                                      const cv::Rect_<std::int64_t>& window, interpolation kind) {
  const cv::Range columns{static_cast<int>(window.x), static_cast<int>(window.x + window.width)};
  const cv::Range rows{static_cast<int>(window.y), static_cast<int>(window.y + window.height)};
  if (width == image.cols && height == image.rows) return image(rows, columns);
  if (width == image.cols) {
    const resample_weights down{image.rows, height, window.y, rows.size(), kind};
    return resample_down(image.colRange(columns), 0, down);
  }
  const resample_weights across{image.cols, width, window.x, columns.size(), kind};
  if (height == image.rows) return resample_across(image.rowRange(rows), across);
  const resample_weights down{image.rows, height, window.y, rows.size(), kind};
  if (width > image.cols && height < image.rows)
    return resample_across(resample_down(image, 0, down), across);
  const cv::Range used = down.sources();
  return resample_down(resample_across(image.rowRange(used), across), used.start, down);
}

}  // namespace mll::detail
