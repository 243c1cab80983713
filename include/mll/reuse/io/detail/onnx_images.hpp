// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "mll/model/onnx/onnx_options.hpp"
#include "mll/reuse/io/detail/onnx_area_resize.hpp"
#include "mll/reuse/io/detail/onnx_graph_writer.hpp"
#include "mll/reuse/io/detail/onnx_resample.hpp"
#include "mll/reuse/io/detail/onnx_value.hpp"

namespace mll::detail {

/// The preparation of images as a part of an ONNX graph, as `image_tensor` does it. Experts whose images are
/// resized in the same way share them.
class onnx_images {
 public:
  /// @param[in] images uint8 `[n, height, width, 3]`, red, green, blue
  onnx_images(onnx_graph_writer& to, const std::string& images)
      : to_{&to},
        pixels_{to, to.transpose(to.cast(images, onnx_type::float32), {0, 3, 1, 2}), onnx_type::float32},
        rows_{side_of(to, images, 1)},
        columns_{side_of(to, images, 2)} {}

  /// @param[in] options complete: with size, channels, layout and scale
  /// @return the input of the network
  std::string prepare(const onnx_options& options) {
    std::string x = resized(options).name();
    if (options.channels == 1) {
      const std::array<float, 3> shares{0.299F, 0.587F, 0.114F};
      const std::string weighted = to_->node("Mul", {x, to_->constant(shares, {1, 3, 1, 1})});
      std::vector<std::string> parts;
      for (const std::int64_t c : {0, 1, 2})
        parts.push_back(to_->node("Gather", {weighted, to_->integers({c})}, "axis", 1));
      x = to_->node("Round", {to_->node("Add", {to_->node("Add", {parts[0], parts[1]}), parts[2]})});
    } else if (options.order == channel_order::bgr) {
      x = to_->node("Gather", {x, to_->integers({2, 1, 0})}, "axis", 1);
    }
    const std::size_t channels = options.channels;
    const std::string scaled = to_->node("Mul", {x, to_->constant(options.scale.value_or(1.0F / 255))});
    x = to_->node("Sub",
                  {scaled, to_->constant(std::span{options.mean}.first(channels), {1, channels, 1, 1})});
    x = to_->node("Div",
                  {x, to_->constant(std::span{options.deviation}.first(channels), {1, channels, 1, 1})});
    return options.layout == tensor_layout::nhwc ? to_->transpose(x, {0, 2, 3, 1}) : x;
  }

 private:
  static onnx_value side_of(onnx_graph_writer& to, const std::string& images, std::int64_t axis) {
    return {to, to.node("Gather", {to.node("Shape", {images}), to.integer(axis)}), onnx_type::int64};
  }

  const onnx_value& resized(const onnx_options& options) {
    for (const auto& [known, value] : resized_) {
      if (known.width == options.width && known.height == options.height &&
          known.preparation == options.preparation)
        return value;
    }
    return resized_.emplace_back(options, resize(options)).second;
  }

  // The sizes of the resized image and the place of the window: `prepare_image`, in whole numbers.
  onnx_value resize(const onnx_options& options) const {
    const image_preparation& how = options.preparation;
    const std::size_t shorter = std::min(options.width, options.height);
    const bool has_side = how.short_side != 0 && how.short_side != shorter;
    if (how.fit == image_fit::stretch && !has_side && how.interpolation == interpolation::area)
      return onnx_area_resize{pixels_, rows_, columns_, options.height, options.width}.resized();
    const onnx_value width = rows_.number(static_cast<double>(options.width));
    const onnx_value height = rows_.number(static_cast<double>(options.height));
    const auto scaled = [](const onnx_value& length, const onnx_value& to, const onnx_value& from) {
      return onnx_value::max(length * to / from, from.number(1));
    };
    const auto cut = [&](const onnx_value& wide, const onnx_value& high, double outside) {
      const auto begin = [&](const onnx_value& to, const onnx_value& wanted) {
        return outside == 0 ? crop_begin(to - wanted, how.rounding) : 0 - (wanted - to) / 2;
      };
      return onnx_resample(pixels_, {rows_, high, begin(high, height), options.height},
                           {columns_, wide, begin(wide, width), options.width}, how.interpolation, outside);
    };
    if (how.fit == image_fit::stretch) {
      const onnx_value side = rows_.number(static_cast<double>(has_side ? how.short_side : shorter));
      const onnx_value from = rows_.number(static_cast<double>(shorter));
      return cut(scaled(width, side, from), scaled(height, side, from), 0);
    }
    if (how.fit == image_fit::crop) {
      const onnx_value by_width = how.short_side == 0 ? width * rows_ > height * columns_ : columns_ <= rows_;
      const auto side = [&](const onnx_value& of_input) {
        return how.short_side == 0 ? of_input : rows_.number(static_cast<double>(how.short_side));
      };
      const onnx_value wide = side(width);
      const onnx_value high = side(height);
      return cut(onnx_value::where(by_width, wide, scaled(columns_, high, rows_)),
                 onnx_value::where(by_width, scaled(rows_, wide, columns_), high), 0);
    }
    const auto real = [](const onnx_value& of) { return of.as(onnx_type::float64); };
    const onnx_value ratio = onnx_value::min(real(width) / real(columns_), real(height) / real(rows_));
    const auto fitting = [&](const onnx_value& from, const onnx_value& limit) {
      const onnx_value side = (real(from) * ratio).then("Round").as(onnx_type::int64);
      return onnx_value::max(onnx_value::min(side, limit), limit.number(1));
    };
    return cut(fitting(columns_, width), fitting(rows_, height), 114);
  }

  static onnx_value crop_begin(const onnx_value& margin, crop_rounding rounding) {
    const onnx_value size = margin.then("Abs");
    const onnx_value half = size / 2;
    onnx_value above = half;
    if (rounding == crop_rounding::even) above = half + (size - half * 2) * (half - half / 2 * 2);
    return onnx_value::where(margin < 0, 0 - half, above);
  }

  onnx_graph_writer* to_;
  onnx_value pixels_;  // float [n, 3, height, width]
  onnx_value rows_;    // int64
  onnx_value columns_;
  std::vector<std::pair<onnx_options, onnx_value>> resized_;
};

}  // namespace mll::detail
