// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/core/version.hpp>
#include <opencv2/dnn.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/model/onnx/engines/detail/choose_output.hpp"
#include "mll/model/onnx/engines/detail/onnx_array.hpp"
#include "mll/model/onnx/engines/detail/onnx_header.hpp"
#include "mll/model/onnx/engines/detail/opencv_call.hpp"
#include "mll/model/onnx/engines/onnx_engine.hpp"

namespace mll {

/// OpenCV's dnn module as an `onnx_engine`. Component `mll::opencv`.
///
/// It takes networks with one float32 input of 4 dimensions and one output, and fails on many operators. It
/// returns wrong rows for some batches: OpenCV 4.6 subtracts a constant from the first image only.
///
/// Networks run on OpenCV's thread pool, one thread per session at a time. OpenCV's log is off while a file
/// is loaded or run (the log level is global to the process).
class opencv_engine {
 public:
  [[nodiscard]] static std::string name() { return "OpenCV"; }
  [[nodiscard]] static std::string version() { return CV_VERSION; }
  [[nodiscard]] static bool is_concurrent() noexcept { return false; }
  [[nodiscard]] static bool takes_any_batch() noexcept { return false; }
  [[nodiscard]] static bool takes_outside_weights() noexcept { return false; }

  static void check(const std::string& file, const detail::onnx_header& header) {
    for (const auto& [what, tensors] : {std::pair{"input", &header.inputs}, {"output", &header.outputs}}) {
      if (tensors->size() != 1)
        throw model_error{file,
                          "expected 1 " + std::string{what} + ", found " + detail::count_and_names(*tensors)};
    }
    const detail::onnx_tensor& input = header.inputs.front();
    if (input.element_type != 1) {
      throw model_error{file, "expected an input of type float32 (1), found ONNX type " +
                                  std::to_string(input.element_type)};
    }
    if (input.shape.size() != 4) {
      throw model_error{
          file, "expected an input of 4 dimensions (images), found " + std::to_string(input.shape.size())};
    }
  }

  [[nodiscard]] static std::unique_ptr<onnx_session> load(const std::string& file) {
    const detail::quiet_opencv quiet;
    return detail::opencv_call(file, [&]() -> std::unique_ptr<onnx_session> {
      auto net = cv::dnn::readNetFromONNX(file);
      if (net.empty()) throw model_error{file, "the network has no layers"};
      // The same results everywhere, whatever a plugin or an environment variable prefers.
      net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
      net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
      return std::make_unique<session>(file, std::move(net));
    });
  }

 private:
  class session final : public onnx_session {
   public:
    session(std::string file, cv::dnn::Net net) : file_{std::move(file)}, net_{std::move(net)} {}

    [[nodiscard]] std::vector<detail::onnx_array> run(std::span<const detail::onnx_array> inputs,
                                                      std::span<const std::string> outputs) override {
      const detail::quiet_opencv quiet;
      return detail::opencv_call(file_, [&] {
        const auto& image = inputs.front();
        const std::vector<int> shape(image.shape.begin(), image.shape.end());
        // OpenCV takes no const data, and does not write to an input.
        net_.setInput(cv::Mat(shape, CV_32F, const_cast<std::byte*>(image.bytes.data())));
        const cv::Mat output = net_.forward();
        detail::onnx_array out{.name = outputs.front()};
        if (output.type() == CV_32F && output.isContinuous()) {
          const auto* first = reinterpret_cast<const std::byte*>(output.data);
          out.type = detail::onnx_element::float32;
          out.bytes.assign(first, first + output.total() * sizeof(float));
        }
        for (int i = 0; i < output.dims; ++i) out.shape.push_back(static_cast<std::size_t>(output.size[i]));
        return std::vector{std::move(out)};
      });
    }

    /// Weights, some of which OpenCV also keeps in a second layout, and the values between its layers, about
    /// half of which are in place.
    [[nodiscard]] std::size_t bytes(std::span<const std::vector<std::size_t>> shapes) const override {
      std::size_t weights = 0;
      std::size_t blobs = 0;
      try {
        net_.getMemoryConsumption(cv::dnn::MatShape(shapes.front().begin(), shapes.front().end()), weights,
                                  blobs);
      } catch (const cv::Exception&) {  // some layers do not report it
        return 0;
      }
      constexpr std::size_t graph = std::size_t{1} << 18U;
      return weights + weights / 2 + blobs / 2 + graph;
    }

   private:
    std::string file_;
    cv::dnn::Net net_;
  };
};

static_assert(onnx_engine<opencv_engine>);

}  // namespace mll
