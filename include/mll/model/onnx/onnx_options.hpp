// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <string>

#include "mll/core/error.hpp"
#include "mll/model/activation.hpp"

namespace mll {

/// Order of the colour channels in the input of a network.
enum class channel_order { rgb, bgr };

/// Order of the dimensions of the input of a network.
enum class tensor_layout {
  nchw,  ///< sample, channel, row, column
  nhwc,  ///< sample, row, column, channel
};

/// How an image becomes the input of an ONNX network, and its output scores. The value of channel c of a
/// pixel is `(pixel * scale - mean[c]) / deviation[c]`, with pixels from 0 to 255 and channels in the order
/// of the network.
struct onnx_options {
  std::size_t width = 0;     ///< columns of the input; 0: as the file declares
  std::size_t height = 0;    ///< rows of the input; 0: as the file declares
  std::size_t channels = 0;  ///< 1 (grey) or 3; 0: as the file declares, else 3
  channel_order order = channel_order::rgb;
  tensor_layout layout = tensor_layout::nchw;
  float scale = 1.0F / 255;
  std::array<float, 3> mean = {0, 0, 0};
  std::array<float, 3> deviation = {1, 1, 1};
  /// Applied to the output of the network: identity if it outputs probabilities, softmax if logits.
  activation output = activation::identity;
  /// Images per run of the network, at least 1. A file with a fixed batch size overrides it. A loaded network
  /// reserves memory for this many.
  std::size_t batch_size = 16;
};

namespace detail {

/// Throws `invalid_argument` for options that are invalid for every file.
inline void check_onnx_options(const onnx_options& options) {
  const auto text = [](float value) { return std::to_string(value); };
  if (options.channels != 0 && options.channels != 1 && options.channels != 3) {
    throw invalid_argument{"options.channels", "0, 1 or 3", std::to_string(options.channels)};
  }
  if (!std::isfinite(options.scale) || options.scale == 0) {
    throw invalid_argument{"options.scale", "a finite number other than 0", text(options.scale)};
  }
  for (std::size_t c = 0; c < 3; ++c) {
    const std::string at = "[" + std::to_string(c) + "]";
    if (!std::isfinite(options.mean[c])) {
      throw invalid_argument{"options.mean" + at, "a finite number", text(options.mean[c])};
    }
    if (!std::isfinite(options.deviation[c]) || options.deviation[c] <= 0) {
      throw invalid_argument{"options.deviation" + at, "a finite number above 0", text(options.deviation[c])};
    }
  }
  if (options.batch_size == 0) throw invalid_argument{"options.batch_size", "at least 1", "0"};
}

}  // namespace detail

}  // namespace mll
