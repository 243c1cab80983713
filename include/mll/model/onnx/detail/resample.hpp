// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
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
    std::vector<double> row;
    for (int i = 0; i < count; ++i) {
      const double centre = (static_cast<double>(first + i) + 0.5) * scale;
      if (kind == interpolation::nearest) {
        spans_.push_back(
            {static_cast<int>(std::min(static_cast<std::int64_t>(centre), from - 1)), values_.size(), 1});
        values_.push_back(1 << precision);
        continue;
      }
      const auto begin = std::max<std::int64_t>(static_cast<std::int64_t>(centre - support + 0.5), 0);
      const auto end = std::min(static_cast<std::int64_t>(centre + support + 0.5), from);
      row.clear();
      double sum = 0;
      for (std::int64_t x = begin; x < end; ++x) {
        row.push_back(filter((static_cast<double>(x) - centre + 0.5) / filter_scale, kind));
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

/// A part of a resized image, as Pillow's `Image.resize` computes it.
/// @param[in] image  8-bit, 1 or 3 channels
/// @param[in] width  of the resized image, of which `window` is taken
/// @param[in] height of the resized image
/// Complexity: O(pixels of the window times the support), both sides one after the other.
[[nodiscard]] inline cv::Mat resample(const cv::Mat& image, std::int64_t width, std::int64_t height,
                                      const cv::Rect_<std::int64_t>& window, interpolation kind) {
  const resample_weights across{image.cols, width, window.x, static_cast<int>(window.width), kind};
  const resample_weights down{image.rows, height, window.y, static_cast<int>(window.height), kind};
  const int channels = image.channels();
  const cv::Range used = down.sources();
  cv::Mat rows = image.rowRange(used);
  if (width != image.cols) {
    rows.create(used.size(), across.size(), image.type());
    for (int r = 0; r < rows.rows; ++r) {
      const auto* source = image.ptr<unsigned char>(used.start + r);
      auto* out = rows.ptr<unsigned char>(r);
      for (int column = 0; column < across.size(); ++column) {
        const auto& span = across[column];
        const std::int32_t* weights = across.values(span);
        for (int c = 0; c < channels; ++c) {
          std::int32_t sum = resample_weights::half;
          const unsigned char* pixel = source + span.begin * channels + c;
          for (std::size_t k = 0; k < span.count; ++k, pixel += channels) sum += *pixel * weights[k];
          *out++ = resample_weights::to_pixel(sum);
        }
      }
    }
  } else {
    rows = rows.colRange(static_cast<int>(window.x), static_cast<int>(window.x + window.width));
  }
  if (height == image.rows) return rows;
  cv::Mat out(down.size(), across.size(), image.type());
  std::vector<std::int32_t> sums;
  for (int r = 0; r < out.rows; ++r) {
    const auto& span = down[r];
    const std::int32_t* weights = down.values(span);
    sums.assign(static_cast<std::size_t>(out.cols * channels), resample_weights::half);
    for (std::size_t k = 0; k < span.count; ++k) {
      const auto* source = rows.ptr<unsigned char>(span.begin - used.start + static_cast<int>(k));
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += source[i] * weights[k];
    }
    auto* to = out.ptr<unsigned char>(r);
    for (const std::int32_t sum : sums) *to++ = resample_weights::to_pixel(sum);
  }
  return out;
}

}  // namespace mll::detail
