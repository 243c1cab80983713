// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "mll/core/detail/number_text.hpp"
#include "mll/core/error.hpp"
#include "mll/model/activation.hpp"
#include "mll/model/onnx/engines/onnx_engine_id.hpp"
#include "mll/model/onnx/image_preparation.hpp"

namespace mll {

/// Order of the colour channels in the input of a network.
enum class channel_order { rgb, bgr };

/// Order of the dimensions of the input of a network.
enum class tensor_layout {
  nchw,  ///< sample, channel, row, column
  nhwc,  ///< sample, row, column, channel
};

/// How a sample becomes the input of an ONNX network, and its output scores. The value of channel c of a
/// pixel is `(pixel * scale - mean[c]) / deviation[c]`, with pixels from 0 to 255 and channels in the order
/// of the network.
///
/// What is left empty is taken from the file.
struct onnx_options {
  std::size_t width = 0;     ///< columns of the input; 0: as the file declares
  std::size_t height = 0;    ///< rows of the input; 0: as the file declares
  std::size_t channels = 0;  ///< 1 (grey) or 3; 0: as the file declares, else 3
  channel_order order = channel_order::rgb;
  /// By default the one in which the file declares 1 or 3 channels, else `nchw`.
  std::optional<tensor_layout> layout = std::nullopt;
  /// By default 1 / 255; 1 if the input is of integers, which are pixels.
  std::optional<float> scale = std::nullopt;
  std::array<float, 3> mean = {0, 0, 0};
  std::array<float, 3> deviation = {1, 1, 1};
  image_preparation preparation = {};  ///< how images are resized
  /// Applied to the output of the network; by default decided by the graph and a probe: see
  /// `activation_decision`.
  std::optional<activation> output = std::nullopt;
  /// Samples per run of the network, at least 1. A file with a fixed batch size overrides it. A loaded
  /// network reserves memory for this many. By default 16, and of images as many as have 2^17 values
  /// together: 1 of 224 x 224 pixels, 4 of 96 x 96. Layers of more do not fit the cache of one core, which
  /// takes longer.
  std::optional<std::size_t> batch_size = std::nullopt;
  /// Name of the input for samples; by default the only one, or the one for token ids.
  std::string input_name = {};
  /// Name of the output with one score per head; by default found by name, type and shape.
  std::string output_name = {};
  /// For texts, if the network takes token ids: `vocab.txt` or `tokenizer.json` (word pieces).
  std::filesystem::path tokenizer = {};
  /// Tokens per text for an input of open length, at least 3; 0: as the tokenizer says, else 512.
  std::size_t max_tokens = 0;
  /// By default the first that is there: ONNX Runtime, OpenVINO, OpenCV (of these, OpenCV takes images only).
  std::optional<onnx_engine_id> engine = std::nullopt;
};

namespace detail {

/// Samples per run, if neither options nor the file say it.
inline constexpr std::size_t usual_onnx_batch = 16;

/// Throws `invalid_argument` for options that are invalid for every file.
inline void check_onnx_options(const onnx_options& options) {
  const auto text = [](float value) { return detail::number_text(value); };
  if (options.channels != 0 && options.channels != 1 && options.channels != 3) {
    throw invalid_argument{"options.channels", "0, 1 or 3", std::to_string(options.channels)};
  }
  if (options.scale && (!std::isfinite(*options.scale) || *options.scale == 0)) {
    throw invalid_argument{"options.scale", "a finite number other than 0", text(*options.scale)};
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
  if (options.max_tokens == 1 || options.max_tokens == 2) {
    throw invalid_argument{"options.max_tokens", "0, or at least 3", std::to_string(options.max_tokens)};
  }
  if (options.batch_size && *options.batch_size == 0)
    throw invalid_argument{"options.batch_size", "at least 1", "0"};
}

}  // namespace detail

}  // namespace mll
