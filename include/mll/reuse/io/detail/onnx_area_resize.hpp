// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "mll/reuse/io/detail/onnx_value.hpp"

namespace mll::detail {

/// Images that are stretched to a size as `prepare_image` does it with `interpolation::area`, that is, as
/// OpenCV does it with 8-bit pixels:
/// - if no side is enlarged, each pixel is the mean of the area that it covers;
/// - if no side shrinks, pixels are interpolated linearly between two, in fixed point: 11 bits for a weight,
///   and products that are rounded down;
/// - else the same, with weights that follow the area (`INTER_AREA` where it cannot average).
///
/// Source: OpenCV 4.6, modules/imgproc/src/resize.cpp.
class onnx_area_resize {
 public:
  /// @param[in] pixels float `[n, channels, height, width]`, whole numbers
  /// @param[in] rows, columns of `pixels`, int64 scalars
  onnx_area_resize(const onnx_value& pixels, const onnx_value& rows, const onnx_value& columns,
                   std::size_t height, std::size_t width)
      : pixels_{pixels}, rows_{rows}, columns_{columns}, height_{height}, width_{width} {}

  [[nodiscard]] onnx_value resized() const {
    const auto high = static_cast<double>(height_);
    const auto wide = static_cast<double>(width_);
    const onnx_value enlarges = (rows_ < high) | (columns_ < wide);
    const onnx_value shrinks = (rows_ > high) | (columns_ > wide);
    return onnx_value::where(enlarges, between(enlarges & shrinks), averaged());
  }

 private:
  [[nodiscard]] onnx_value averaged() const {
    const onnx_value y = share(rows_, height_, {height_, 1}, {1, -1})
                             .then("MatMul", pixels_)
                             .then("MatMul", share(columns_, width_, {1, width_}, {-1, 1}));
    // Of 2 x 2 pixels the mean is rounded up, of others to even.
    const onnx_value is_half = rows_.is("Equal", rows_.number(2 * static_cast<double>(height_))) &
                               columns_.is("Equal", columns_.number(2 * static_cast<double>(width_)));
    return onnx_value::where(is_half, (y + 0.5).then("Floor"), y.then("Round")).clamped(0, 255);
  }

  /// The share of [i step, (i + 1) step] that pixel r covers.
  static onnx_value share(const onnx_value& pixels, std::size_t size,
                          std::initializer_list<std::size_t> shape_of_new,
                          std::initializer_list<std::int64_t> shape_of_old) {
    onnx_graph_writer& graph = pixels.graph();
    const onnx_value from = pixels.as(onnx_type::float64);
    const onnx_value i = onnx_value::numbers(graph, onnx_type::float64, size, shape_of_new);
    const onnx_value r =
        onnx_value{graph, graph.node("Range", {from.number(0).name(), from.name(), from.number(1).name()}),
                   onnx_type::float64}
            .reshaped(shape_of_old);
    const onnx_value step = from / static_cast<double>(size);
    const onnx_value begin = i * step;
    const onnx_value covered = onnx_value::min(r + 1, begin + step) - onnx_value::max(r, begin);
    return (onnx_value::max(covered, covered.number(0)) / step).as(onnx_type::float32);
  }

  /// Where the pixels of a resized side lie: float, between pixel `first` and the next, at `fraction`.
  struct place {
    onnx_value first;
    onnx_value fraction;
  };

  static place place_of(const onnx_value& pixels, std::size_t size, const onnx_value& follows_area) {
    const onnx_value i = onnx_value::numbers(pixels.graph(), onnx_type::float64, size, {size});
    const onnx_value factor = static_cast<double>(size) / pixels.as(onnx_type::float64);
    const onnx_value step = 1 / factor;
    const onnx_value centre = ((i + 0.5) * step - 0.5).as(onnx_type::float32);
    const onnx_value below = centre.then("Floor");
    const onnx_value start = (i * step).as(onnx_type::int64).as(onnx_type::float64);
    const onnx_value rest = ((i + 1) - (start + 1) * factor).as(onnx_type::float32);
    const onnx_value area = onnx_value::where(rest > 0, rest - rest.then("Floor"), rest.number(0));
    return {onnx_value::where(follows_area, start.as(onnx_type::float32), below),
            onnx_value::where(follows_area, area, centre - below)};
  }

  static constexpr double one = 2048;  // weights have 11 bits

  [[nodiscard]] onnx_value between(const onnx_value& follows_area) const {
    const auto index = [](const onnx_value& at, const onnx_value& last) {
      return onnx_value::max(onnx_value::min(at, last), at.number(0)).as(onnx_type::int64);
    };
    const auto weight = [](const onnx_value& fraction) { return (fraction * one).then("Round"); };

    // Across. Beyond the middle of the outermost pixels there is only these.
    const onnx_value last_column = (columns_ - 1).as(onnx_type::float32);
    place x = place_of(columns_, width_, follows_area);
    x.fraction =
        onnx_value::where((x.first < 0) | (x.first >= last_column), x.fraction.number(0), x.fraction);
    const onnx_value left = pixels_.at(index(x.first, last_column), 3) * weight(1 - x.fraction);
    const onnx_value right = pixels_.at(index(x.first + 1, last_column), 3) * weight(x.fraction);
    const onnx_value across = ((left + right) / 16).then("Floor").as(onnx_type::int32);

    // Down. 4 bits of the sums were dropped, and 16 are of each product.
    const onnx_value last_row = (rows_ - 1).as(onnx_type::float32);
    const place y = place_of(rows_, height_, follows_area);
    const auto product = [&](const onnx_value& first, const onnx_value& fraction) {
      return across.at(index(first, last_row), 2) * weight(fraction).as(onnx_type::int32).reshaped({-1, 1}) /
             65536;
    };
    const onnx_value sum = product(y.first, 1 - y.fraction) + product(y.first + 1, y.fraction);
    return ((sum + 2) / 4).as(onnx_type::float32);
  }

  onnx_value pixels_;
  onnx_value rows_;
  onnx_value columns_;
  std::size_t height_;
  std::size_t width_;
};

}  // namespace mll::detail
