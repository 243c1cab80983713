// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV
#include "mll/model/onnx/prove_onnx_classifier.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "mll/core/io/temporary_folder.hpp"
#include "mll/embed/tables/embedding_table.hpp"
#include "mll/model/onnx/onnx_general_model.hpp"
#include "mll/model/onnx/onnx_opencv.hpp"
#include "support/conv_onnx.hpp"
#include "support/tiny_onnx.hpp"

using mll::test::conv_onnx;

namespace {

/// The message of a proof; "sound" if it passes.
std::string verdict(const std::filesystem::path& file, mll::onnx_options options = {}) {
  options.engine = mll::onnx_engine_id::opencv;
  try {
    mll::prove_onnx_classifier(mll::onnx_classifier<cv::Mat>{file, {"a", "b", "c"}, options},
                               mll::process_limits{.processor_time = std::chrono::seconds{5}});
  } catch (const mll::error& problem) {
    return problem.what();
  }
  return "sound";
}

/// The same of the image side of a general model.
std::string verdict_on_general(const std::filesystem::path& file) {
  const std::vector<std::string> names{"red", "green", "blue"};
  const mll::onnx_general_model model{file,
                                      mll::embedding_table{names, mll::matrix<float>::Identity(3, 3)},
                                      {.engine = mll::onnx_engine_id::opencv}};
  try {
    mll::prove_onnx_general_model(model, mll::process_limits{.processor_time = std::chrono::seconds{5}});
  } catch (const mll::model_error& problem) {
    return problem.what();
  }
  return "sound";
}

}  // namespace

TEST_CASE("a sound network passes, with the limits of its size") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.onnx";
  conv_onnx{}.write(file);
  CHECK(verdict(file) == "sound");
  CHECK_NOTHROW(mll::prove_onnx_classifier(mll::onnx_classifier<cv::Mat>{file, {"a", "b", "c"}}));
  CHECK(mll::onnx_limits(file).memory_bytes > std::size_t{2} << 30U);
  CHECK(mll::onnx_limits(file).processor_time == std::chrono::seconds{30});
  CHECK(mll::onnx_limits(folder.path() / "none").memory_bytes == std::size_t{2} << 30U);
}

TEST_CASE("networks that would crash this process or take all its memory are refused by name") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "x.onnx";
  const std::string name = "model '" + file.string() + "': ";
  const auto refused = [&](const conv_onnx& net, const mll::onnx_options& options = {}) {
    net.write(file);
    std::string found = verdict(file, options);
    CAPTURE(found);
    CHECK(found.starts_with(name));
    CHECK(found.find(name, 1) == std::string::npos);  // once
    return found;
  };
  refused({.kernel = {0, 0}});
  refused({.strides = {0, 0}});
  const std::string of_memory = refused({.pads = {1 << 20, 1 << 20, 1 << 20, 1 << 20}});  // 100 TB
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // under these, memory has no limit
  CHECK(of_memory.ends_with("of at most 2048 MiB (a smaller options.batch_size needs less)"));
#endif
  refused({.dilations = {1 << 30, 1 << 30}});
  refused({.empty_bias = true});
  refused({.last = "NobodyKnowsThis"});
  CHECK(refused({.pads = {3000, 3000, 3000, 3000}}).find("s of processor time") != std::string::npos);
  // Outputs that are not probabilities.
  CHECK(refused({.last = ""}, {.output = mll::activation::identity}).find("expected a probability") !=
        std::string::npos);
}

TEST_CASE("the image side of a general model is tried in a child process, as classifiers are") {
  const mll::detail::temporary_folder folder;
  const auto file = folder.path() / "general.onnx";
  const std::string name = "model '" + file.string() + "': ";
  mll::test::conv_onnx{.last = ""}.write(file);
  CHECK(verdict_on_general(file) == "sound");  // any numbers are embeddings
  for (const auto& damaged : {mll::test::conv_onnx{.kernel = {0, 0}}, mll::test::conv_onnx{.strides = {0, 0}},
                              mll::test::conv_onnx{.pads = {1 << 20, 1 << 20, 1 << 20, 1 << 20}},
                              mll::test::conv_onnx{.empty_bias = true}}) {
    damaged.write(file);
    const std::string found = verdict_on_general(file);
    CAPTURE(found);
    CHECK(found.starts_with(name));
    CHECK(found.find(name, 1) == std::string::npos);
  }
  mll::test::tiny_onnx net;
  net.weights = std::vector<std::vector<float>>(3, std::vector<float>(12, 1));
  net.bias = {0, std::numeric_limits<float>::quiet_NaN(), 0};
  net.write(file);
  CHECK(verdict_on_general(file) == name + "expected finite embeddings, found NaN or infinity");
}
#endif
