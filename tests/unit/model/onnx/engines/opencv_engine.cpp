// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/model/onnx/engines/opencv_engine.hpp"

#include <doctest/doctest.h>

#include <string>

#include "mll/core/error.hpp"

TEST_CASE("OpenCV takes one input of images in single precision, and one output") {
  const auto found = [](const mll::detail::onnx_header& header) {
    try {
      mll::opencv_engine::check("x.onnx", header);
    } catch (const mll::model_error& problem) {
      return std::string{problem.what()};
    }
    return std::string{"nothing was thrown"};
  };
  mll::detail::onnx_header header;
  header.inputs = {{"image", 1, {0, 3, 4, 4}}};
  header.outputs = {{"scores", 1, {0, 2}}};
  CHECK(found(header) == "nothing was thrown");
  header.outputs.push_back({"label", 7, {0}});
  CHECK(found(header) == "model 'x.onnx': expected 1 output, found 2: scores, label");
  header.outputs.pop_back();
  header.inputs.front().element_type = 10;
  CHECK(found(header) == "model 'x.onnx': expected an input of type float32 (1), found ONNX type 10");
  header.inputs.front() = {"vector", 1, {0, 8}};
  CHECK(found(header) == "model 'x.onnx': expected an input of 4 dimensions (images), found 2");
  header.inputs.clear();
  CHECK(found(header) == "model 'x.onnx': expected 1 input, found 0");
}
#endif
