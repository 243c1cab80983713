// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/model/onnx/onnx_general_model.hpp"

#include <doctest/doctest.h>

#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/embed/tables/embedding_table.hpp"
#include "mll/testing/check_general_model.hpp"
#include "support/tiny_onnx.hpp"

namespace {

/// Sums red, green and blue.
mll::test::tiny_onnx channel_sums() {
  mll::test::tiny_onnx out;
  out.weights = {{1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0},
                 {0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0},
                 {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1}};
  out.bias = {0, 0, 0};
  return out;
}

mll::embedding_table colours() {
  const std::vector<std::string> names{"red", "green", "blue"};
  return {names, mll::matrix<float>::Identity(3, 3)};
}

}  // namespace

TEST_CASE("images and texts in one space: the nearest text is the colour") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "general.onnx";
  channel_sums().write(file);
  const mll::onnx_general_model general{file, colours()};
  static_assert(mll::general_model<mll::onnx_general_model<mll::embedding_table>>);
  CHECK(general.dimension() == 3);
  const std::vector<cv::Mat> images{cv::Mat(5, 5, CV_8UC3, cv::Scalar{200, 20, 10}),
                                    cv::Mat(2, 2, CV_8UC3, cv::Scalar{10, 20, 100})};
  const std::vector<std::string_view> texts{"blue", "red"};
  const auto rows = general.embed_samples(images);
  CHECK(rows(0, 0) == doctest::Approx(40.0 / 255));
  CHECK(rows(0, 2) == doctest::Approx(800.0 / 255));
  CHECK(rows(1, 0) == doctest::Approx(400.0 / 255));
  const mll::matrix<float> similar = rows * general.embed_texts(texts).transpose();
  CHECK(similar(0, 0) > similar(0, 1));
  CHECK(similar(1, 1) > similar(1, 0));
  const auto found = mll::testing::check_general_model(general, std::span<const cv::Mat>{images},
                                                       std::span<const std::string_view>{texts}, 1e-4F);
  for (const auto& each : found) MESSAGE(each);
  CHECK(found.empty());
}

TEST_CASE("spaces of different dimension are refused, before or when the file runs") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "general.onnx";
  auto net = channel_sums();
  net.write(file);
  const std::vector<std::string> names{"red", "green"};
  const mll::embedding_table flat{names, mll::matrix<float>::Identity(2, 2)};
  CHECK_THROWS_WITH_AS(
      (mll::onnx_general_model{file, flat}),
      ("texts: expected an embedder of dimension 3, the output of '" + file.string() + "', found 2").c_str(),
      mll::invalid_argument);
  net.declare_output = false;
  net.write(file);
  const mll::onnx_general_model general{file, flat};
  const std::vector<cv::Mat> images{cv::Mat(2, 2, CV_8UC3, cv::Scalar{1, 2, 3})};
  CHECK_THROWS_WITH_AS(
      static_cast<void>(general.embed_samples(images)),
      ("model '" + file.string() +
       "': expected output of shape [1, 2], one column per dimension of the texts, found [1, 3]")
          .c_str(),
      mll::model_error);
}
#endif
