// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace mll {

/// What runs an ONNX file.
enum class onnx_engine_id {
  onnxruntime,  ///< ONNX Runtime, component `mll::onnxruntime`
  opencv,       ///< OpenCV's dnn module, component `mll::opencv`
  openvino,     ///< OpenVINO, component `mll::openvino`; known where `openvino_engine.hpp` is included
};

}  // namespace mll
