// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Convolutional ONNX files with random weights, and with whatever attributes a test asks for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mll/core/random.hpp"
#include "support/files.hpp"
#include "support/tiny_onnx.hpp"

namespace mll::test {

/// A network of three heads on `[n, 3, side, side]`: a convolution, ReLU, the mean of each channel, a linear
/// layer.
struct conv_onnx {
  std::uint64_t seed = 1;
  std::size_t batch = 0;  ///< 0: open
  std::size_t side = 8;
  std::int64_t group = 1;
  std::vector<std::int64_t> kernel = {3, 3};
  std::vector<std::int64_t> strides = {1, 1};
  std::vector<std::int64_t> pads = {1, 1, 1, 1};
  std::vector<std::int64_t> dilations = {1, 1};
  std::vector<std::size_t> weight_shape = {6, 3, 3,
                                           3};  ///< as declared; the values are those of [6, 3, 3, 3]
  bool subtract_mean = false;                   ///< before all else, as a constant of shape [1, 3, 1, 1]
  bool scale_channels = false;  ///< of the convolution by their means: [n, c, h, w] times [n, c, 1, 1]
  bool empty_bias = false;
  std::string external = {};  ///< the weights are in this file
  std::string last = "Softmax";
  std::optional<std::int64_t> flatten_axis = {};
  std::optional<std::int64_t> last_axis = {};

  [[nodiscard]] std::string bytes() const {
    random_engine engine{seed};
    const auto values = [&](std::size_t count, float scale) {
      std::vector<float> out;
      for (std::size_t i = 0; i < count; ++i)
        out.push_back(scale * (static_cast<float>(engine() % 2001) / 1000.0F - 1));
      return out;
    };
    protobuf_writer graph;
    std::string image = "image";
    if (subtract_mean) {
      graph.message(1, onnx_node({image, "mean"}, "centred", "Sub"));
      image = "centred";
    }
    auto convolution = onnx_node({image, "filters", "shift"}, "found", "Conv");
    add_number(convolution, "group", group);
    add_numbers(convolution, "kernel_shape", kernel);
    add_numbers(convolution, "strides", strides);
    add_numbers(convolution, "pads", pads);
    add_numbers(convolution, "dilations", dilations);
    graph.message(1, convolution).message(1, onnx_node({"found"}, "positive", "Relu"));
    std::string features = "positive";
    if (scale_channels) {
      graph.message(1, onnx_node({features}, "size", "GlobalAveragePool"));
      graph.message(1, onnx_node({features, "size"}, "scaled", "Mul"));
      features = "scaled";
    }
    graph.message(1, onnx_node({features}, "pooled", "GlobalAveragePool"));
    auto flatten = onnx_node({"pooled"}, "flat", "Flatten");
    if (flatten_axis) add_number(flatten, "axis", *flatten_axis);
    graph.message(1, flatten);
    auto linear = onnx_node({"flat", "weights", "bias"}, "sum", "Gemm");
    add_number(linear, "transB", 1);
    graph.message(1, linear);
    if (!last.empty()) {
      auto end = onnx_node({"sum"}, "out", last);
      if (last_axis) add_number(end, "axis", *last_axis);
      graph.message(1, end);
    }
    graph.text(2, "conv");
    if (subtract_mean) graph.message(5, onnx_tensor("mean", {1, 3, 1, 1}, {0.2F, 0.5F, 0.7F}));
    auto filters_of_it = onnx_tensor("filters", weight_shape, values(162, 1));
    if (!external.empty()) {
      filters_of_it = {};
      for (const std::size_t size : weight_shape) filters_of_it.number(1, size);
      filters_of_it.number(2, 1).text(8, "filters");
      filters_of_it.message(13, protobuf_writer{}.text(1, "location").text(2, external)).number(14, 1);
    }
    graph.message(5, filters_of_it);
    graph.message(5, onnx_tensor("shift", {empty_bias ? std::size_t{0} : 6}, values(empty_bias ? 0 : 6, 1)));
    graph.message(5, onnx_tensor("weights", {3, 6}, values(18, 4)));
    graph.message(5, onnx_tensor("bias", {3}, values(3, 1)));
    graph.message(11, value_info("image", {batch, 3, side, side}, 1));
    graph.message(12, value_info(last.empty() ? "sum" : "out", {batch, 3}, 1));
    protobuf_writer model;
    model.number(1, 6).text(2, "mll tests").message(7, graph);
    return model.message(8, protobuf_writer{}.text(1, "").number(2, 11)).bytes;
  }
  void write(const std::filesystem::path& file) const { write_file(file, bytes()); }
};

}  // namespace mll::test
