// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

namespace mll {

/// What runs an ONNX file.
enum class onnx_engine_id {
  onnxruntime,  ///< ONNX Runtime, component `mll::onnxruntime`
  opencv,       ///< OpenCV's dnn module, component `mll::opencv`
  openvino,     ///< OpenVINO, component `mll::openvino`; known where `openvino_engine.hpp` is included
};

}  // namespace mll
