// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV && MLL_TEST_ONNXRUNTIME
#include "mll/model/general/load_image_encoder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <opencv2/core.hpp>
#include <span>
#include <string_view>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/temporary_folder.hpp"
#include "mll/model/general/load_general_model.hpp"
#include "support/small_pair.hpp"

TEST_CASE("an image encoder alone embeds images as the whole general model does") {
  const mll::test::small_pair pair;
  const mll::detail::temporary_folder folder;
  pair.write(folder.path(), "vision_model.onnx", "text_model.onnx");
  // A preparation of its own, in a file beside the encoder.
  mll::test::write_text(
      folder.path() / "mll.json",
      R"({"input": {"mean": [0.5, 0.25, 0.125], "deviation": [0.5, 0.5, 0.25]}, "scale": 7})");
  const auto whole = mll::load_general_model(folder.path(), {"{}"});
  for (const char* name : {"text_model.onnx", "vocab.json", "merges.txt"})
    std::filesystem::remove(folder.path() / name);
  const auto alone = mll::load_image_encoder(folder.path() / "vision_model.onnx", 2);
  std::vector<cv::Mat> images;
  for (int i = 0; i < 3; ++i) images.push_back(cv::Mat{2, 2, CV_8UC3, cv::Scalar(10 * i, 200 - 50 * i, 77)});
  const mll::matrix<float> expected = whole.embed_samples(images);
  CHECK(alone.embed_samples(images) == expected);
  CHECK(expected.row(0) != expected.row(1));
  CHECK(alone.scale() == whole.scale());

  const std::vector<std::string_view> texts{"x"};
  CHECK_THROWS_AS((void)alone.embed_texts(std::span<const std::string_view>{texts}), mll::model_error);
  CHECK_THROWS_AS((void)mll::load_image_encoder(folder.path() / "vision_model.onnx", 3), mll::error);
  CHECK_THROWS_AS((void)mll::load_image_encoder(folder.path() / "nowhere.onnx", 2), mll::error);
}
#endif
