// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <numbers>

#include "mll/model/onnx/image_preparation.hpp"
#include "mll/reuse/io/detail/onnx_value.hpp"

namespace mll::detail {

/// One side of an image that is resized, and of the window that is cut from it: scalars of a graph.
struct onnx_resized_side {
  onnx_value from;   ///< pixels of the image, int64
  onnx_value to;     ///< pixels of the resized image, int64
  onnx_value begin;  ///< where the window begins in it, int64; may be negative
  std::size_t size;  ///< pixels of the window
};

/// The filter of `resample_weights` at distances in units of its own width.
[[nodiscard]] inline onnx_value onnx_filter(const onnx_value& x, interpolation kind) {
  const onnx_value d = x.then("Abs");
  switch (kind) {
    case interpolation::bilinear:
      return onnx_value::max(1 - d, d.number(0));
    case interpolation::bicubic: {
      constexpr double a = -0.5;
      const onnx_value near = ((d * (a + 2) - (a + 3)) * d) * d + 1;
      const onnx_value far = (((d - 5) * d + 8) * d - 4) * a;
      return onnx_value::where(d < 1, near, onnx_value::where(d < 2, far, d.number(0)));
    }
    case interpolation::lanczos: {
      const auto sinc = [](const onnx_value& at) {
        const onnx_value is_zero = at.is("Equal", at.number(0));
        return onnx_value::where(is_zero, at.number(1),
                                 at.then("Sin") / onnx_value::where(is_zero, at.number(1), at));
      };
      const onnx_value y = x * std::numbers::pi;
      return onnx_value::where(d < 3, sinc(y) * sinc(y / 3), d.number(0));
    }
    case interpolation::area:
    case interpolation::nearest:
      break;
  }
  return onnx_value::where((x > -0.5) & (x <= 0.5), x.number(1), x.number(0));
}

/// The weight of each pixel for each pixel of the window, float `[size, from]`: those of `resample_weights`,
/// before they are rounded. Rows outside the resized image are 0.
[[nodiscard]] inline onnx_value onnx_resample_weights(const onnx_resized_side& side, interpolation kind) {
  onnx_graph_writer& graph = side.from.graph();
  const onnx_value from = side.from.as(onnx_type::float64);
  const onnx_value to = side.to.as(onnx_type::float64);
  const onnx_value i = onnx_value::numbers(graph, onnx_type::float64, side.size, {side.size, 1}) +
                       side.begin.as(onnx_type::float64);
  const onnx_value r =
      onnx_value{graph, graph.node("Range", {from.number(0).name(), from.name(), from.number(1).name()}),
                 onnx_type::float64}
          .reshaped({1, -1});
  const onnx_value scale = from / to;
  const onnx_value centre = (i + 0.5) * scale;
  const onnx_value inside = (i >= 0) & (i < to);
  if (kind == interpolation::nearest) {
    const onnx_value is_it = (centre >= r) & (centre < r + 1) & inside;
    return is_it.as(onnx_type::float32);
  }
  const onnx_value x = (r - centre + 0.5) * (1 / onnx_value::max(scale, scale.number(1)));
  const onnx_value weights = kind == interpolation::area
                                 ? onnx_value::where(scale > 1, onnx_filter(x, interpolation::area),
                                                     onnx_filter(x, interpolation::bilinear))
                                 : onnx_filter(x, kind);
  const onnx_value sums = weights.then("MatMul", (r * 0 + 1).reshaped({-1, 1}));
  const onnx_value shares = weights / onnx_value::where(inside, sums, sums.number(1));
  return onnx_value::where(inside, shares, shares.number(0)).as(onnx_type::float32);
}

/// A window of resized images, as `resample_window` computes it: across, then down, rounded to whole pixel
/// values after each; the other way round if only the height shrinks.
/// @param[in] pixels  float `[n, channels, height, width]`
/// @param[in] outside value of what lies outside the resized image
[[nodiscard]] inline onnx_value onnx_resample(const onnx_value& pixels, const onnx_resized_side& height,
                                              const onnx_resized_side& width, interpolation kind,
                                              double outside) {
  onnx_graph_writer& graph = pixels.graph();
  const auto whole = [](const onnx_value& y) { return (y + 0.5).then("Floor").clamped(0, 255); };
  const onnx_value by_column = onnx_resample_weights(width, kind);
  const onnx_value transposed{graph, graph.transpose(by_column.name(), {1, 0}), onnx_type::float32};
  const onnx_value by_row = onnx_resample_weights(height, kind);
  const auto across = [&](const onnx_value& of) { return whole(of.then("MatMul", transposed)); };
  const auto down = [&](const onnx_value& of) { return whole(by_row.then("MatMul", of)); };
  const onnx_value down_first = (width.to > width.from) & (height.to < height.from);
  const onnx_value resized = onnx_value::where(down_first, across(down(pixels)), down(across(pixels)));
  if (outside == 0) return resized;
  const auto inside = [&](const onnx_resized_side& side, std::initializer_list<std::size_t> shape) {
    const onnx_value i = onnx_value::numbers(graph, onnx_type::int64, side.size, shape) + side.begin;
    return (i >= 0) & (i < side.to);
  };
  return onnx_value::where(inside(height, {height.size, 1}) & inside(width, {1, width.size}), resized,
                           resized.number(outside));
}

}  // namespace mll::detail
