// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "mll/model/onnx/onnx_options.hpp"
#include "mll/reuse/io/detail/onnx_graph_writer.hpp"

namespace mll::detail {

/// The preparation of images as a part of an ONNX graph, as `image_tensor` does it: an image that is larger
/// than the input of the network in some dimension is resized by averaging areas, another one bilinearly, to
/// whole pixel values. Experts with inputs of one size share the resized images.
class onnx_images {
 public:
  /// @param[in] images uint8 `[n, height, width, 3]`, red, green, blue
  onnx_images(onnx_graph_writer& to, const std::string& images) : to_{&to} {
    pixels_ = to.transpose(to.cast(images, onnx_type::float32), {0, 3, 1, 2});
    const std::string shape = to.node("Shape", {images});
    for (const std::int64_t axis : {1, 2})
      sizes_.push_back(to.cast(to.node("Gather", {shape, to.integer(axis)}), onnx_type::float32));
  }

  /// @param[in] options complete: with size, channels, layout and scale
  /// @return the input of the network
  std::string prepare(const onnx_options& options) {
    std::string x = resized(options.width, options.height);
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
  const std::string& resized(std::size_t width, std::size_t height) {
    std::string& out = resized_[{width, height}];
    if (!out.empty()) return out;
    const std::string rows = to_->constant(static_cast<float>(height));
    const std::string columns = to_->constant(static_cast<float>(width));
    const std::string shrinks = to_->node(
        "Or", {to_->node("Greater", {sizes_[0], rows}), to_->node("Greater", {sizes_[1], columns})});
    const std::string by_row = weights(height, sizes_[0], shrinks, {height, 1}, {1, -1});
    const std::string by_column = weights(width, sizes_[1], shrinks, {1, width}, {-1, 1});
    const std::string y = to_->node("MatMul", {to_->node("MatMul", {by_row, pixels_}), by_column});
    out =
        to_->node("Max", {to_->node("Min", {to_->node("Round", {y}), to_->constant(255)}), to_->constant(0)});
    return out;
  }

  /// The weight of each pixel for each resized one, along one side of the image.
  std::string weights(std::size_t size, const std::string& from, const std::string& shrinks,
                      std::initializer_list<std::size_t> shape_of_new,
                      std::initializer_list<std::int64_t> shape_of_old) {
    const auto number = [&](float value) { return to_->constant(value); };
    std::vector<float> numbers(size);
    std::iota(numbers.begin(), numbers.end(), 0.0F);
    const std::string i = to_->constant(numbers, shape_of_new);
    const std::string r =
        to_->node("Reshape", {to_->node("Range", {number(0), from, number(1)}), to_->integers(shape_of_old)});
    const std::string step = to_->node("Div", {from, number(static_cast<float>(size))});
    // The share of [i step, (i + 1) step] that pixel r covers.
    const std::string begin = to_->node("Mul", {i, step});
    const std::string end = to_->node("Add", {begin, step});
    const std::string first = to_->node("Max", {r, begin});
    const std::string last = to_->node("Min", {to_->node("Add", {r, number(1)}), end});
    const std::string covered = to_->node("Max", {to_->node("Sub", {last, first}), number(0)});
    const std::string area = to_->node("Div", {covered, step});
    // 1 - the distance of pixel r from (i + 0.5) step - 0.5, within the image.
    const std::string centre =
        to_->node("Sub", {to_->node("Mul", {to_->node("Add", {i, number(0.5F)}), step}), number(0.5F)});
    const std::string inside =
        to_->node("Max", {to_->node("Min", {centre, to_->node("Sub", {from, number(1)})}), number(0)});
    const std::string distance = to_->node("Abs", {to_->node("Sub", {r, inside})});
    const std::string linear = to_->node("Max", {to_->node("Sub", {number(1), distance}), number(0)});
    return to_->node("Where", {shrinks, area, linear});
  }

  onnx_graph_writer* to_;
  std::string pixels_;              // float [n, 3, height, width]
  std::vector<std::string> sizes_;  // height, width
  std::map<std::pair<std::size_t, std::size_t>, std::string> resized_;
};

}  // namespace mll::detail
