// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Real networks, compared with the outputs of another runtime.
#if MLL_TEST_OPENCV
#include <doctest/doctest.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/embed/words/hashed_ngrams.hpp"
#include "mll/model/onnx/onnx_general_model.hpp"
#include "mll/model/onnx/onnx_opencv.hpp"
#include "support/vision_kit.hpp"

namespace {

/// Images of the kit as `cv::imread` would give them.
std::vector<cv::Mat> kit_images(const std::filesystem::path& file, std::size_t count) {
  mll::test::npy_rows<unsigned char> raw{file, "|u1", count};
  std::vector<cv::Mat> out;
  for (std::size_t i = 0; i < raw.values.size() / raw.width; ++i) {
    const cv::Mat rgb(32, 32, CV_8UC3, raw.values.data() + i * raw.width);
    out.emplace_back();
    cv::cvtColor(rgb, out.back(), cv::COLOR_RGB2BGR);
  }
  return out;
}

/// A text side of a given dimension, which is never called.
mll::hashed_ngrams any_texts(std::size_t dimension) {
  return mll::hashed_ngrams{{.dimension = dimension}};
}

}  // namespace

TEST_CASE("experts and general model of the vision kit reproduce the cached outputs") {
  const auto kit = mll::test::vision_kit();
  if (!kit) {
    MESSAGE("SKIP: no vision kit (set MLL_VISION_KIT to its folder)");
    return;
  }
  constexpr std::size_t samples = 40;
  const auto task = *kit / "tasks" / "cifar10";
  const auto images = kit_images(task / "images.npy", samples);
  REQUIRE(images.size() == samples);
  const mll::test::npy_rows<Eigen::half> cached{task / "scores.npy", "<f2", samples};
  const auto heads = mll::test::tsv_rows(*kit / "hub" / "heads.tsv");
  REQUIRE(heads.size() == cached.width);
  const auto models = mll::test::tsv_rows(*kit / "hub" / "models.tsv");
  const auto cache = std::make_shared<mll::onnx_session_cache>(std::size_t{4} << 20U);
  for (std::size_t m = 0; m < models.size(); m += 8) {
    CAPTURE(models[m][0]);
    std::vector<std::string> names;
    std::size_t first = heads.size();
    for (std::size_t h = 0; h < heads.size(); ++h) {
      if (heads[h][1] != models[m][0]) continue;
      first = std::min(first, h);
      names.push_back(heads[h][3]);
    }
    const mll::onnx_classifier<cv::Mat> expert{*kit / "hub" / models[m][1], names, {.batch_size = 16}, cache};
    mll::matrix<float> scores(static_cast<Eigen::Index>(samples), static_cast<Eigen::Index>(names.size()));
    expert.predict(images, scores);
    float worst = 0;
    for (std::size_t i = 0; i < samples; ++i) {
      for (std::size_t h = 0; h < names.size(); ++h) {
        const auto expected = static_cast<float>(cached.values[i * cached.width + first + h]);
        worst = std::max(
            worst, std::abs(scores(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(h)) - expected));
      }
    }
    // The cached outputs are in half precision: three digits.
    CHECK(worst < 2e-3F);
  }
  CHECK(cache->statistics().bytes <= cache->budget());
  CHECK(cache->statistics().loads == (models.size() + 7) / 8);

  const mll::test::npy_rows<Eigen::half> stored{task / "general.npy", "<f2", samples};
  const mll::onnx_general_model general{*kit / "general.onnx", any_texts(stored.width)};
  const auto rows = general.embed_samples(images);
  float worst = 0;
  for (std::size_t i = 0; i < samples; ++i) {
    for (std::size_t d = 0; d < stored.width; ++d) {
      const auto expected = static_cast<float>(stored.values[i * stored.width + d]);
      worst = std::max(worst,
                       std::abs(rows(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(d)) - expected));
    }
  }
  CHECK(worst < 2e-3F);
}
#endif
