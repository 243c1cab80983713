// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "mll/core/error.hpp"
#include "mll/model/onnx/engines/detail/engine_registry.hpp"
#include "mll/model/onnx/engines/onnx_engine.hpp"
#include "mll/model/onnx/engines/onnxruntime_engine.hpp"
#include "mll/model/onnx/onnx_options.hpp"

namespace mll::detail {

/// The engine of networks that OpenCV does not take.
struct onnxruntime_only {
  /// ONNX Runtime, unless the options ask for OpenVINO.
  /// Throws: `invalid_argument` if the engine is not there, or the options ask for another one.
  [[nodiscard]] static any_onnx_engine engine(const onnx_options& options) {
    if (options.engine == onnx_engine_id::openvino) {
      if (const auto found = engine_registry::find(onnx_engine_id::openvino)) return *found;
      throw unknown_openvino();
    }
    if (options.engine == onnx_engine_id::opencv)
      throw invalid_argument{"options.engine", "onnxruntime, which takes more than images", "opencv"};
    if (!onnxruntime_engine::missing().empty())
      throw invalid_argument{"options.engine", "the library of ONNX Runtime", onnxruntime_engine::missing()};
    return onnxruntime_engine{};
  }
  static void prepare_child() {}
};

}  // namespace mll::detail
