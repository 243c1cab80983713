// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <filesystem>
#include <memory>
#include <opencv2/core.hpp>
#include <string>
#include <utility>

#include "mll/core/error.hpp"
#include "mll/model/classifier.hpp"
#include "mll/model/onnx/detail/inputs/image_input.hpp"
#include "mll/model/onnx/engines/detail/engine_registry.hpp"
#include "mll/model/onnx/engines/onnx_engine.hpp"
#include "mll/model/onnx/engines/opencv_engine.hpp"
#include "mll/model/onnx/onnx_classifier.hpp"
#include "mll/model/onnx/onnx_options.hpp"

// Whether images are given to ONNX Runtime where its library is there: set by the component mll::onnxruntime,
// and the same in all units of a program.
#ifndef MLL_ONNXRUNTIME
#define MLL_ONNXRUNTIME 0
#endif
#if MLL_ONNXRUNTIME
#include "mll/model/onnx/engines/onnxruntime_engine.hpp"
#endif

namespace mll {

namespace detail {

/// Images of 8 bits and any size, with 1 channel or 3 (blue, green, red, as `cv::imread` returns).
/// They are resized to the input of the network as `onnx_options::preparation` says.
template <>
struct onnx_input_of<cv::Mat> {
  using type = image_input;

  /// ONNX Runtime if it is there, else OpenVINO if it is known, else OpenCV.
  /// Throws: `invalid_argument` if the options ask for an engine that is not there.
  [[nodiscard]] static any_onnx_engine engine(const onnx_options& options) {
    const auto wanted = options.engine;
    if (!wanted || wanted == onnx_engine_id::onnxruntime) {
#if MLL_ONNXRUNTIME
      const std::string missing = onnxruntime_engine::missing();
      if (missing.empty()) return onnxruntime_engine{};
#else
      const std::string missing = "this program was built without mll::onnxruntime";
#endif
      if (wanted) throw invalid_argument{"options.engine", "opencv (" + missing + ")", "onnxruntime"};
    }
    if (!wanted || wanted == onnx_engine_id::openvino) {
      if (const auto found = engine_registry::find(onnx_engine_id::openvino)) return *found;
      if (wanted) throw unknown_openvino();
    }
    return opencv_engine{};
  }
  static void prepare_child() { cv::setNumThreads(1); }  // the threads of the parent do not exist there
};

}  // namespace detail

static_assert(classifier<onnx_classifier<cv::Mat>>);

/// For images. See `load_onnx_classifier<Sample>`.
[[nodiscard]] inline onnx_classifier<cv::Mat> load_onnx_classifier(
    const std::filesystem::path& file, const onnx_options& options = {},
    std::shared_ptr<onnx_session_cache> cache = nullptr) {
  return load_onnx_classifier<cv::Mat>(file, options, std::move(cache));
}

}  // namespace mll
