// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "mll/core/error.hpp"
#include "mll/model/onnx/onnx_engine.hpp"
#include "mll/model/onnx/onnx_options.hpp"
#include "mll/model/onnx/onnxruntime_engine.hpp"

namespace mll::detail {

/// The engine of networks that only ONNX Runtime takes.
struct onnxruntime_only {
  /// Throws: `invalid_argument` if the library is not there, or the options ask for another engine.
  [[nodiscard]] static any_onnx_engine engine(const onnx_options& options) {
    if (options.engine == onnx_engine_id::opencv)
      throw invalid_argument{"options.engine", "onnxruntime, which takes more than images", "opencv"};
    if (!onnxruntime_engine::missing().empty())
      throw invalid_argument{"options.engine", "the library of ONNX Runtime", onnxruntime_engine::missing()};
    return onnxruntime_engine{};
  }
  static void prepare_child() {}
};

}  // namespace mll::detail
