// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#if MLL_TEST_OPENCV && MLL_TEST_ONNXRUNTIME
#include "mll/model/general/load_general_model.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/temporary_folder.hpp"
#include "mll/testing/check_general_model.hpp"
#include "support/small_pair.hpp"

namespace {

namespace fs = std::filesystem;

using mll::test::small_pair;
using mll::test::write_text;

mll::matrix<float> texts_of(const mll::clip_model& model, const std::vector<std::string_view>& texts) {
  return model.embed_texts(std::span<const std::string_view>{texts});
}

template <class Work>
std::string general_refusal(const Work& work) {
  try {
    work();
  } catch (const mll::error& problem) {
    return problem.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a folder with two encoders is a general model, in the layouts of Hugging Face and open_clip") {
  const small_pair pair;
  for (const auto& [image, text] : {std::pair{"onnx/vision_model.onnx", "onnx/text_model.onnx"},
                                    {"vision_model.onnx", "text_model.onnx"},
                                    {"visual.onnx", "textual.onnx"},
                                    {"visual/model.onnx", "textual/model.onnx"}}) {
    CAPTURE(image);
    const mll::detail::temporary_folder folder;
    pair.write(folder.path(), image, text);
    const auto model = mll::load_general_model(folder.path(), {"{}"});
    CHECK(model.dimension() == 2);
    CHECK_FALSE(model.scale());
    const auto rows = texts_of(model, {"x y", "Y"});
    for (std::size_t i = 0; i < 2; ++i) {
      const auto expected = pair.embed(i == 0 ? "xy" : "y");
      for (std::size_t d = 0; d < 2; ++d)
        CHECK(rows.data()[i * 2 + d] == doctest::Approx(expected[d]).epsilon(1e-5));
    }
    const cv::Mat grey(2, 2, CV_8UC3, cv::Scalar::all(255));
    const auto embedded = model.embed_samples(std::span{&grey, 1});
    CHECK(embedded(0, 0) == doctest::Approx(3.5));   // 12 * 0.25 + 0.5
    CHECK(embedded(0, 1) == doctest::Approx(1.25));  // 1 - 1 + 1 + 0.25
  }
}

TEST_CASE("prompts are averaged as unit vectors") {
  const small_pair pair;
  const mll::detail::temporary_folder folder;
  pair.write(folder.path(), "visual.onnx", "textual.onnx");
  const auto model = mll::load_general_model(folder.path(), {"{} a", "b {}"});
  const auto rows = texts_of(model, {"x"});
  const auto first = pair.embed("xa");
  const auto second = pair.embed("bx");
  const double length = std::hypot(first[0] + second[0], first[1] + second[1]);
  for (std::size_t d = 0; d < 2; ++d)
    CHECK(rows.data()[d] == doctest::Approx((first[d] + second[d]) / length).epsilon(1e-5));
  // Those of the folder, and by default "a photo of a {}".
  write_text(folder.path() / "mll.json", R"({"prompts": ["{} a", "b {}"], "scale": 100})");
  const auto described = mll::load_general_model(folder.path());
  CHECK(described.scale() == doctest::Approx(100));
  CHECK(texts_of(described, {"x"}) == rows);
  CHECK(general_refusal([&] { static_cast<void>(mll::load_general_model(folder.path(), {"no place"})); }) ==
        "prompts: expected prompts with {} for the text, found 'no place'");
}

TEST_CASE("the preparation of images and the temperature are read") {
  const small_pair pair;
  const mll::detail::temporary_folder folder;
  pair.write(folder.path(), "visual.onnx", "textual.onnx");
  write_text(folder.path() / "open_clip_config.json",
             R"({"model_cfg": {"vision_cfg": {"image_size": 2}},
                 "preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25], "interpolation": "bicubic"}})");
  auto files = mll::general_files::find(folder.path());
  auto described = mll::general_description::read(files);
  CHECK(*described.image.input.width == 2);
  CHECK(described.image.input.mean->at(0) == 0.5F);
  CHECK(described.image.input.preparation->fit == mll::image_fit::crop);
  CHECK(described.image.input.preparation->interpolation == mll::interpolation::bicubic);
  CHECK_FALSE(described.scale);

  std::string header = R"({"logit_scale": {"dtype": "F32", "shape": [], "data_offsets": [4, 8]}})";
  const std::uint64_t size = header.size();
  std::string content(sizeof size, '\0');
  std::memcpy(content.data(), &size, sizeof size);
  const float logit_scale = std::log(50.0F);
  std::string values(8, '\0');
  std::memcpy(values.data() + 4, &logit_scale, sizeof logit_scale);
  write_text(folder.path() / "model.safetensors", content + header + values);
  files = mll::general_files::find(folder.path());
  CHECK(mll::load_general_model(folder.path()).scale() == doctest::Approx(50));
  write_text(folder.path() / "model.safetensors", content + header);
  CHECK(general_refusal([&] { static_cast<void>(mll::general_description::read(files)); }) ==
        files.weights.string() + ": expected a safetensors file, found a logit_scale beyond its end");
}

TEST_CASE("a loaded pair keeps the contract of general models") {
  const small_pair pair;
  const mll::detail::temporary_folder folder;
  pair.write(folder.path(), "visual.onnx", "textual.onnx");
  const auto model = mll::load_general_model(folder.path(), {"{}"});
  std::vector<cv::Mat> images;
  for (int i = 0; i < 5; ++i) images.emplace_back(3 + i, 4, CV_8UC3, cv::Scalar(10 * i, 200 - 20 * i, 90));
  const std::vector<std::string_view> texts{"x y", "z", "a b c"};
  CHECK(mll::testing::check_general_model(model, std::span<const cv::Mat>{images},
                                          std::span<const std::string_view>{texts}) ==
        std::vector<std::string>{});
}

TEST_CASE("what is missing of a general model is told") {
  const small_pair pair;
  const mll::detail::temporary_folder folder;
  const auto why = [&] {
    const std::string all =
        general_refusal([&] { static_cast<void>(mll::general_files::find(folder.path())); });
    return all.substr(std::min(all.size(), folder.path().string().size() + 2));
  };
  CHECK(why() ==
        "expected vision_model.onnx and text_model.onnx (or visual.onnx and textual.onnx), found neither");
  pair.write(folder.path(), "visual.onnx", "textual.onnx");
  CHECK(why() == "");
  fs::remove(folder.path() / "vocab.json");
  CHECK(why() == "expected tokenizer.json, or vocab.json and merges.txt, found neither");
  fs::remove(folder.path() / "textual.onnx");
  CHECK(why().ends_with("found no text encoder"));
  write_text(folder.path() / "textual.onnx", "");
  write_text(folder.path() / "vocab.json", small_pair::tokenizer());
  write_text(folder.path() / "mll.json", R"({"prompt": "a {}"})");
  CHECK(general_refusal([&] {
          static_cast<void>(mll::load_general_model(folder.path()));
        }).find("expected only known keys") != std::string::npos);
}
#endif
