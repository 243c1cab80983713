// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include <doctest/doctest.h>

#if MLL_TEST_OPENVINO && MLL_TEST_OPENCV
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/model/onnx/detail/probe_images.hpp"
#include "mll/model/onnx/engines/openvino_engine.hpp"
#include "mll/model/onnx/onnx_opencv.hpp"
#include "support/conv_onnx.hpp"
#include "support/files.hpp"

namespace {

mll::onnx_classifier<cv::Mat> open(const std::filesystem::path& file, mll::onnx_engine_id engine) {
  return {file,
          {"a", "b", "c"},
          {.batch_size = 4, .engine = engine},
          std::make_shared<mll::onnx_session_cache>()};
}

}  // namespace

TEST_CASE("OpenVINO answers as OpenCV does, for any number of images") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.onnx";
  mll::test::conv_onnx{}.write(file);
  const auto found = open(file, mll::onnx_engine_id::openvino);
  const auto expected = open(file, mll::onnx_engine_id::opencv);
  CHECK(found.describe().engine.starts_with("OpenVINO "));
  for (const std::size_t count : {1U, 4U, 7U}) {
    const auto images = mll::detail::probe_images(count, 9, 7, 3);
    mll::matrix<float> here(static_cast<Eigen::Index>(count), 3);
    mll::matrix<float> there(static_cast<Eigen::Index>(count), 3);
    found.predict(images, here);
    expected.predict(images, there);
    CHECK((here - there).cwiseAbs().maxCoeff() < 1e-5F);
  }
}

TEST_CASE("OpenVINO refuses what it cannot run, naming the file") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.onnx";
  mll::test::conv_onnx{.last = "NobodyKnowsThis"}.write(file);
  const auto network = open(file, mll::onnx_engine_id::openvino);
  std::string message;
  try {
    static_cast<void>(network.describe());
  } catch (const mll::model_error& problem) {
    message = problem.what();
  }
  CHECK(message.find(file.string()) != std::string::npos);
  CHECK(message.find("OpenVINO: ") != std::string::npos);
  CHECK(message.find("NobodyKnowsThis") != std::string::npos);

  mll::detail::onnx_header header;
  header.inputs = {{.name = "text", .element_type = 8}};
  CHECK_THROWS_WITH_AS(mll::openvino_engine::check("t.onnx", header),
                       "model 't.onnx': OpenVINO: expected tensors of numbers, found 'text' of string",
                       mll::model_error);
  header.inputs = {};
  header.outputs = {{.name = "probabilities", .is_map = true}};
  CHECK_THROWS_WITH_AS(mll::openvino_engine::check("t.onnx", header),
                       "model 't.onnx': OpenVINO: expected tensors of numbers, found 'probabilities' of maps",
                       mll::model_error);
}
#endif
