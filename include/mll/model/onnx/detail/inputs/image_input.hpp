// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/model/onnx/detail/image_tensor.hpp"
#include "mll/model/onnx/detail/probe_images.hpp"
#include "mll/model/onnx/engines/detail/choose_output.hpp"
#include "mll/model/onnx/engines/detail/onnx_array.hpp"
#include "mll/model/onnx/engines/detail/onnx_header.hpp"
#include "mll/model/onnx/onnx_description.hpp"
#include "mll/model/onnx/onnx_options.hpp"

namespace mll::detail {

/// The input of a network that takes images: one array of 4 dimensions.
class image_input {
 public:
  using sample_type = cv::Mat;
  [[nodiscard]] static onnx_input_kind kind() noexcept { return onnx_input_kind::image; }

  /// @param[in,out] options completed by what the file declares
  /// Throws: `model_error` for other inputs; `invalid_argument` if the options do not match the file.
  image_input(const std::string& file, const onnx_header& header, onnx_options& options)
      : name_{find(file, header, options).name},
        type_{static_cast<onnx_element>(header.inputs.front().element_type)},
        fixed_batch_{header.inputs.front().shape.front()},
        tensor_{complete(file, header.inputs.front(), options)},
        options_{options} {}

  [[nodiscard]] std::size_t fixed_batch() const noexcept { return fixed_batch_; }
  [[nodiscard]] std::size_t max_batch() const noexcept { return std::numeric_limits<std::size_t>::max(); }
  /// The layers of a run of this many fit the cache of one core; measured on six architectures at 64 x 64 to
  /// 224 x 224 pixels.
  [[nodiscard]] std::size_t usual_batch() const noexcept {
    constexpr std::size_t values = std::size_t{1} << 17U;
    return std::clamp<std::size_t>(values / tensor_.size(), 1, usual_onnx_batch);
  }

  /// @param[in]  samples at most `rows`; what is left of a batch is zeros
  /// @param[in]  first   position of the first sample in its batch, for messages
  /// @param[out] out     the inputs of the network; an array of an earlier call is used again
  void write(std::span<const cv::Mat> samples, std::size_t first, std::size_t rows,
             std::vector<onnx_array>& out) const {
    out.resize(1);
    const std::vector<int> extents = tensor_.shape(rows);
    out.front().name = name_;
    out.front().reset(type_, {extents.begin(), extents.end()});
    std::vector<float> values(type_ == onnx_element::float32 ? 0 : tensor_.size());
    const auto prepared = tensor_.prepare(samples, first);
    for (std::size_t i = 0; i < prepared.size(); ++i) {
      if (values.empty()) {
        tensor_.fill(prepared[i], reinterpret_cast<float*>(out.front().bytes.data()) + i * tensor_.size());
      } else {
        tensor_.fill(prepared[i], values.data());
        out.front().write<float>(i * values.size(), values);
      }
    }
  }

  [[nodiscard]] static bool has_probe() noexcept { return true; }
  /// Images of the input's size that differ from each other, to try the network on.
  [[nodiscard]] std::vector<cv::Mat> probe_samples(std::size_t count) const {
    return probe_images(count, static_cast<int>(options_.width), static_cast<int>(options_.height),
                        options_.channels);
  }

 private:
  static const onnx_tensor& find(const std::string& file, const onnx_header& header,
                                 const onnx_options& options) {
    if (header.inputs.size() != 1)
      throw model_error{file, "expected 1 input, found " + count_and_names(header.inputs)};
    const onnx_tensor& input = header.inputs.front();
    if (!options.input_name.empty() && options.input_name != input.name) {
      throw invalid_argument{"options.input_name", "'" + input.name + "', the input of '" + file + "'",
                             "'" + options.input_name + "'"};
    }
    if (!is_number(static_cast<onnx_element>(input.element_type))) {
      throw model_error{file, "expected an input of numbers, found " +
                                  to_string(static_cast<onnx_element>(input.element_type))};
    }
    if (input.shape.size() != 4) {
      throw model_error{
          file, "expected an input of 4 dimensions (images), found " + std::to_string(input.shape.size())};
    }
    return input;
  }

  /// The options, completed by what the file declares.
  static const onnx_options& complete(const std::string& file, const onnx_tensor& input,
                                      onnx_options& wanted) {
    if (!wanted.layout) {
      const auto is_channels = [](std::size_t extent) { return extent == 1 || extent == 3; };
      wanted.layout = is_channels(input.shape[3]) && !is_channels(input.shape[1]) ? tensor_layout::nhwc
                                                                                  : tensor_layout::nchw;
    }
    if (!wanted.scale) wanted.scale = is_real(static_cast<onnx_element>(input.element_type)) ? 1.0F / 255 : 1;
    const bool channels_first = wanted.layout == tensor_layout::nchw;
    const auto resolve_dimension = [&](const char* option, std::size_t& value, std::size_t declared,
                                       std::size_t fallback) {
      if (declared != 0 && value != 0 && declared != value) {
        throw invalid_argument{option, std::to_string(declared) + ", as '" + file + "' declares",
                               std::to_string(value)};
      }
      if (value == 0) value = declared != 0 ? declared : fallback;
      if (value == 0) {
        throw invalid_argument{option, "a size in pixels, because '" + file + "' declares none", "0"};
      }
    };
    const std::size_t declared_channels = input.shape[channels_first ? 1 : 3];
    if (declared_channels != 0 && declared_channels != 1 && declared_channels != 3) {
      throw model_error{
          file, "expected 1 or 3 channels in dimension " + std::to_string(channels_first ? 1 : 3) +
                    " of the input (is options.layout right?), found " + std::to_string(declared_channels)};
    }
    resolve_dimension("options.channels", wanted.channels, declared_channels, 3);
    resolve_dimension("options.height", wanted.height, input.shape[channels_first ? 2 : 1], 0);
    resolve_dimension("options.width", wanted.width, input.shape[channels_first ? 3 : 2], 0);
    check_extents(file, "input", {1, wanted.channels, wanted.height, wanted.width});
    return wanted;
  }

  std::string name_;
  onnx_element type_;
  std::size_t fixed_batch_;
  image_tensor tensor_;
  onnx_options options_;
};

}  // namespace mll::detail
