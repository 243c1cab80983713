// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <memory>
#include <numeric>
#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/detail/checked_product.hpp"
#include "mll/core/error.hpp"
#include "mll/core/matrix.hpp"
#include "mll/model/onnx/detail/check_onnx_weights.hpp"
#include "mll/model/onnx/detail/image_tensor.hpp"
#include "mll/model/onnx/detail/onnx_header.hpp"
#include "mll/model/onnx/detail/opencv_call.hpp"
#include "mll/model/onnx/detail/probe_images.hpp"
#include "mll/model/onnx/detail/rows_agree.hpp"
#include "mll/model/onnx/onnx_options.hpp"
#include "mll/model/onnx/onnx_session_cache.hpp"

namespace mll::detail {

/// A network in an ONNX file, with one image as input and one row of values as output.
///
/// A network runs on one image or on a full batch, nothing between. A full batch is used only if its first
/// run gives the same values as each of its images alone: engines have returned wrong rows without an error.
class onnx_network {
 public:
  /// Throws: `invalid_argument` if the options do not match the file; `parse_error` if it is missing, cut off
  /// or not an ONNX file, or its weights are in another file or not of their shape; `model_error` if it does
  /// not have one input of images and one output.
  onnx_network(const std::filesystem::path& file, const onnx_options& options,
               std::shared_ptr<onnx_session_cache> cache)
      : file_{file.string()},
        cache_{cache ? std::move(cache) : onnx_session_cache::shared()},
        header_{read_header(file)},
        options_{complete(options)},
        tensor_{options_} {}

  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  [[nodiscard]] const onnx_options& options() const noexcept { return options_; }
  /// Values per sample as the file declares them; 0 if it does not.
  [[nodiscard]] std::size_t declared_width() const {
    const auto& shape = header_.outputs.front().shape;
    return shape.size() < 2 ? 0 : *checked_product(std::span{shape}.subspan(1));  // checked by complete()
  }

  /// Runs the network.
  /// @param[in]  batch images
  /// @param[in]  what  the meaning of a column, for messages: "head name"
  /// @param[out] out   `[batch, width]`
  /// Throws: `model_error` if the file does not load or run, or its output has another shape;
  /// `invalid_argument` for a sample that is not an 8-bit image.
  void run(std::span<const cv::Mat> batch, const char* what, matrix_ref<float> out) const {
    if (batch.empty()) return;
    const auto width = static_cast<std::size_t>(out.cols());
    const auto session = cache_->acquire(file_, [&](cv::dnn::Net& net) {
      // OpenCV may report an unsupported layer only when the network runs.
      const std::size_t count = fixed_batch() != 0 ? fixed_batch() : 1;
      check_shape(forward(net, tensor_.allocate(count)), count, width, what);
      return memory(net);
    });
    if (rows_ == 0) rows_ = opencv_call(file_, [&] { return trusted_rows(session.net(), width, what); });
    cv::Mat input;
    for (std::size_t first = 0; first < batch.size();) {
      const std::size_t left = batch.size() - first;
      // A fixed batch is padded with zeros; what is left of an open one runs image by image.
      const std::size_t rows = fixed_batch() != 0 || left >= rows_ ? rows_ : 1;
      const std::size_t count = std::min(rows, left);
      opencv_call(file_, [&] {
        input = tensor_.allocate(rows);
        for (std::size_t i = 0; i < count; ++i) {
          tensor_.write(batch[first + i], first + i, input.ptr<float>() + i * tensor_.size());
        }
        const cv::Mat output = forward(session.net(), input);
        check_shape(output, rows, width, what);
        out.middleRows(static_cast<Eigen::Index>(first), static_cast<Eigen::Index>(count)) =
            Eigen::Map<const matrix<float>>{output.ptr<float>(), static_cast<Eigen::Index>(count),
                                            static_cast<Eigen::Index>(width)};
      });
      first += count;
    }
  }
  /// Images of the input's size that differ from each other, to try the network on.
  [[nodiscard]] std::vector<cv::Mat> probe_images(std::size_t count) const {
    return detail::probe_images(count, static_cast<int>(options_.width), static_cast<int>(options_.height),
                                options_.channels);
  }

 private:
  [[nodiscard]] std::size_t fixed_batch() const { return header_.inputs.front().shape.front(); }

  static cv::Mat forward(cv::dnn::Net& net, const cv::Mat& input) {
    net.setInput(input);
    return net.forward();
  }

  static onnx_header read_header(const std::filesystem::path& file) {
    const file_bytes content = map_onnx(file);
    onnx_header out = read_onnx_header(content);
    onnx_weight_check::run(content);
    return out;
  }

  /// Rows per run: the fixed batch; else the batch of the options if it returns what its images return alone,
  /// else 1.
  /// Throws: `model_error` if a fixed batch does not, or the options ask for a softmax of probabilities.
  std::size_t trusted_rows(cv::dnn::Net& net, std::size_t width, const char* what) const {
    const quiet_opencv quiet;
    const bool fixed = fixed_batch() != 0;
    const std::size_t wanted = fixed ? fixed_batch() : options_.batch_size;
    const std::vector<cv::Mat> images = probe_images(std::max<std::size_t>(wanted, 2));
    // In a fixed batch an image is alone if the others are zeros. That takes a full run: three will do.
    std::vector<std::size_t> tried;
    for (std::size_t i = 0; i < wanted; ++i) {
      if (!fixed || i < 2 || i + 1 == wanted) tried.push_back(i);
    }
    if (wanted == 1) tried = {0, 1};
    const auto values = [&](std::span<const std::size_t> chosen, std::size_t rows) {
      cv::Mat input = tensor_.allocate(rows);
      for (std::size_t i = 0; i < chosen.size(); ++i) {
        tensor_.write(images[chosen[i]], chosen[i], input.ptr<float>() + i * tensor_.size());
      }
      const cv::Mat output = forward(net, input);
      check_shape(output, rows, width, what);
      return matrix<float>{Eigen::Map<const matrix<float>>{
          output.ptr<float>(), static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(width)}};
    };
    matrix<float> alone(static_cast<Eigen::Index>(tried.size()), static_cast<Eigen::Index>(width));
    for (std::size_t i = 0; i < tried.size(); ++i) {
      alone.row(static_cast<Eigen::Index>(i)) = values({&tried[i], 1}, fixed ? wanted : 1).row(0);
    }
    refuse_second_softmax(alone);
    if (wanted == 1 || !alone.allFinite()) return 1;  // what is not finite is no score: see the caller
    std::vector<std::size_t> all(wanted);
    std::iota(all.begin(), all.end(), std::size_t{0});
    matrix<float> together(alone.rows(), alone.cols());
    try {
      const matrix<float> rows = values(all, wanted);
      for (std::size_t i = 0; i < tried.size(); ++i) {
        together.row(static_cast<Eigen::Index>(i)) = rows.row(static_cast<Eigen::Index>(tried[i]));
      }
      if (rows_differ(alone) && rows_agree(alone, together)) return wanted;
    } catch (const cv::Exception& problem) {
      if (fixed || problem.code == cv::Error::StsNoMem) throw;
    } catch (const model_error&) {
      if (fixed) throw;
    }
    // A batch that failed must not have changed what an image gets alone.
    if (!fixed && rows_agree(alone.topRows(1), values({&tried[0], 1}, 1))) return 1;
    throw model_error{file_, "OpenCV returns other values for an image in a batch of " +
                                 std::to_string(wanted) + " than for the image alone" +
                                 (fixed ? " (export the model with an open batch)" : "")};
  }

  /// Throws: `invalid_argument` if the network ends with what the options ask for.
  void refuse_second_activation(activation output) const {
    const std::string last = header_.last_operator();
    if (output == activation::identity || (last != "Softmax" && last != "Sigmoid" && last != "HardSigmoid"))
      return;
    throw invalid_argument{"options.output", "identity, because '" + file_ + "' ends with " + last,
                           output == activation::softmax ? "softmax" : "sigmoid"};
  }

  /// Throws: `model_error` if the options ask for a softmax of what are probabilities already.
  void refuse_second_softmax(const matrix<float>& rows) const {
    if (options_.output != activation::softmax || rows.cols() < 2) return;
    for (Eigen::Index r = 0; r < rows.rows(); ++r) {
      double sum = 0;
      for (Eigen::Index c = 0; c < rows.cols(); ++c) {
        if (!(rows(r, c) >= 0)) return;
        sum += static_cast<double>(rows(r, c));
      }
      if (!(std::abs(sum - 1) <= 1e-3)) return;
    }
    throw model_error{file_, "returns probabilities, and options.output asks for a softmax of logits"};
  }

  /// Bytes that a network occupies with a full batch: its weights, some of which OpenCV also keeps in a
  /// second layout, and the values between its layers, about half of which are in place. 0 if OpenCV cannot
  /// tell.
  std::size_t memory(const cv::dnn::Net& net) const {
    const std::size_t count = fixed_batch() != 0 ? fixed_batch() : options_.batch_size;
    std::size_t weights = 0;
    std::size_t blobs = 0;
    try {
      net.getMemoryConsumption(tensor_.shape(count), weights, blobs);
    } catch (const cv::Exception&) {  // some layers do not report it; the caller has an estimate
      return 0;
    }
    return weights + weights / 2 + blobs / 2 + onnx_session_cache::bytes_per_session;
  }

  void check_shape(const cv::Mat& output, std::size_t rows, std::size_t width, const char* what) const {
    const bool good = output.type() == CV_32F && output.isContinuous() && output.dims >= 2 &&
                      output.size[0] == static_cast<int>(rows) && output.total() == rows * width;
    if (good) return;
    std::string found;
    for (int i = 0; i < output.dims; ++i) found += (i == 0 ? "" : ", ") + std::to_string(output.size[i]);
    throw model_error{file_, "expected output of shape [" + std::to_string(rows) + ", " +
                                 std::to_string(width) + "], one column per " + what + ", found [" + found +
                                 "]" +
                                 (output.type() == CV_32F ? "" : " of " + cv::typeToString(output.type()))};
  }

  /// The options, completed by what the file declares.
  [[nodiscard]] onnx_options complete(onnx_options wanted) const {
    check_onnx_options(wanted);
    const auto names = [](const std::vector<onnx_tensor>& tensors) {
      std::string out = std::to_string(tensors.size());
      for (std::size_t i = 0; i < tensors.size(); ++i) out += (i == 0 ? ": " : ", ") + tensors[i].name;
      return out;
    };
    if (header_.inputs.size() != 1)
      throw model_error{file_, "expected 1 input, found " + names(header_.inputs)};
    if (header_.outputs.size() != 1) {
      throw model_error{file_, "expected 1 output, found " + names(header_.outputs)};
    }
    const onnx_tensor& input = header_.inputs.front();
    if (input.element_type != 1) {
      throw model_error{file_, "expected an input of type float32 (1), found ONNX type " +
                                   std::to_string(input.element_type)};
    }
    if (input.shape.size() != 4) {
      throw model_error{
          file_, "expected an input of 4 dimensions (images), found " + std::to_string(input.shape.size())};
    }
    if (!wanted.layout) {
      const auto is_channels = [](std::size_t extent) { return extent == 1 || extent == 3; };
      wanted.layout = is_channels(input.shape[3]) && !is_channels(input.shape[1]) && input.shape[1] != 0
                          ? tensor_layout::nhwc
                          : tensor_layout::nchw;
    }
    if (!wanted.scale) wanted.scale = 1.0F / 255;
    if (!wanted.output) wanted.output = activation::identity;
    const bool channels_first = wanted.layout == tensor_layout::nchw;
    const auto resolve_dimension = [&](const char* option, std::size_t& value, std::size_t declared,
                                       std::size_t fallback) {
      if (declared != 0 && value != 0 && declared != value) {
        throw invalid_argument{option, std::to_string(declared) + ", as '" + file_ + "' declares",
                               std::to_string(value)};
      }
      if (value == 0) value = declared != 0 ? declared : fallback;
      if (value == 0) {
        throw invalid_argument{option, "a size in pixels, because '" + file_ + "' declares none", "0"};
      }
    };
    const std::size_t declared_channels = input.shape[channels_first ? 1 : 3];
    if (declared_channels != 0 && declared_channels != 1 && declared_channels != 3) {
      throw model_error{
          file_, "expected 1 or 3 channels in dimension " + std::to_string(channels_first ? 1 : 3) +
                     " of the input (is options.layout right?), found " + std::to_string(declared_channels)};
    }
    resolve_dimension("options.channels", wanted.channels, declared_channels, 3);
    resolve_dimension("options.height", wanted.height, input.shape[channels_first ? 2 : 1], 0);
    resolve_dimension("options.width", wanted.width, input.shape[channels_first ? 3 : 2], 0);
    const auto check_size = [&](const char* what, const std::vector<std::size_t>& shape) {
      constexpr std::size_t max_values = std::numeric_limits<int>::max();  // OpenCV counts in int
      if (shape.empty() || checked_product(std::span{shape}.subspan(1), max_values)) return;
      std::string found;
      for (const std::size_t extent : shape) found += (found.empty() ? "" : ", ") + std::to_string(extent);
      throw model_error{file_, std::string{"expected an "} + what +
                                   " of less than 2^31 values per sample, found [" + found + "]"};
    };
    refuse_second_activation(*wanted.output);
    check_size("input", {1, wanted.channels, wanted.height, wanted.width});
    check_size("output", header_.outputs.front().shape);
    return wanted;
  }

  std::string file_;
  std::shared_ptr<onnx_session_cache> cache_;
  onnx_header header_;
  onnx_options options_;
  image_tensor tensor_;
  mutable std::size_t rows_ = 0;  // per run, once tried; changed by the thread that has the session only
};

}  // namespace mll::detail
