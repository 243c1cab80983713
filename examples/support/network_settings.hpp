// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Input and output format of ONNX experts as text: for the command line, and to be kept in a store.
#pragma once

#include <mll/model/onnx/onnx_options.hpp>

#include <array>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

namespace example {

struct network_settings {
  std::size_t size = 0;
  std::string order = "rgb";
  std::string layout = "nchw";
  float scale = 1.0F / 255;
  std::array<float, 3> mean = {0, 0, 0};
  std::array<float, 3> deviation = {1, 1, 1};
  bool logits = false;

  NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(network_settings, size, order, layout, scale, mean, deviation,
                                              logits)

  [[nodiscard]] mll::onnx_options options() const {
    mll::onnx_options out;
    out.width = out.height = size;
    out.order = order == "bgr" ? mll::channel_order::bgr : mll::channel_order::rgb;
    // What has its default is left to the file.
    if (layout == "nhwc") out.layout = mll::tensor_layout::nhwc;
    if (scale != network_settings{}.scale) out.scale = scale;
    out.mean = mean;
    out.deviation = deviation;
    if (logits) out.output = mll::activation::softmax;
    return out;
  }
};

}  // namespace example
