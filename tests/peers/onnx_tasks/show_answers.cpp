// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Writes a selection of two experts and a general model as one ONNX graph, and shows what mll answers.
//
// usage: show_answers FOLDER FIT INTERPOLATION SHORT_SIDE ROUNDING WIDTH HEIGHT IMAGE...
// FOLDER has a.onnx and b.onnx with 3 heads, and general.onnx with 4 dimensions; task.onnx is written to it.
// Prints, as float32: probabilities [images, 3], and how images look to the experts [images, 3, HEIGHT,
// WIDTH].

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <map>
#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mll/core/matrix.hpp"
#include "mll/exec/sequential.hpp"
#include "mll/label/representation/read_image.hpp"
#include "mll/model/hub.hpp"
#include "mll/model/onnx/detail/image_tensor.hpp"
#include "mll/model/onnx/onnx_general_model.hpp"
#include "mll/model/onnx/onnx_opencv.hpp"
#include "mll/reuse/io/write_onnx_task.hpp"
#include "mll/reuse/zero_shot_classifier.hpp"

namespace {

constexpr std::uint32_t classes = 3;
constexpr Eigen::Index dim = 4;

/// The texts of a selection are in it: none is embedded.
struct no_texts {
  [[nodiscard]] static Eigen::Index dimension() { return dim; }
  [[nodiscard]] static mll::matrix<float> embed(std::span<const std::string_view> texts) {
    return mll::matrix<float>::Zero(static_cast<Eigen::Index>(texts.size()), dim);
  }
};

/// Numbers without a pattern, from -1 to 1.
Eigen::MatrixXf numbers(Eigen::Index rows, Eigen::Index columns, float seed) {
  Eigen::MatrixXf out(rows, columns);
  for (Eigen::Index i = 0; i < out.size(); ++i)
    out.data()[i] = std::sin(12.9898F * static_cast<float>(i + 1) + seed);
  return out;
}

mll::selection chosen_heads() {
  mll::selection out{.match = {.task = mll::task{{"red"}, {"green"}, {"blue"}}, .classes = {}}};
  out.match.classes.resize(classes);
  const std::vector<std::string> heads{"red", "green", "blue"};
  out.models = {{mll::model_id{0U}, "a", heads, {}},
                {mll::model_id{1U}, "b", heads, {}},
                {mll::model_id{}, "general model", {}, {}}};
  for (const auto& model : out.models) {
    for (std::uint32_t h = 0; h < classes; ++h) out.ensemble.heads.push_back({model.id, h});
  }
  const auto count = static_cast<Eigen::Index>(out.ensemble.heads.size());
  out.ensemble.scale = mll::vote_scale::log_probability;
  out.ensemble.votes.resize(classes);
  for (std::uint32_t y = 0; y < classes; ++y) {
    for (std::uint32_t m = 0; m < out.models.size(); ++m)
      out.ensemble.votes[y].push_back({.head = m * classes + y,
                                       .weight = 0.3F,
                                       .slope = 0.8F,
                                       .intercept = 0.1F * static_cast<float>(y)});
  }
  out.ensemble.temperature = 0.7F;
  mll::linear_correction correction;
  correction.mean = Eigen::VectorXf::Constant(count, -1);
  correction.scale = Eigen::VectorXf::Constant(count, 0.5F);
  correction.weights = numbers(count, classes, 0);
  correction.bias = numbers(classes, 1, 1);
  correction.strength = 0.25F;
  correction.embedding_weights = numbers(dim, classes, 2);
  out.ensemble.correction = correction;
  out.ensemble.general = mll::embedding_discriminant{numbers(dim, classes, 3), numbers(classes, 1, 4), 0.5F};
  out.general_texts = numbers(classes, dim, 5);
  out.general_scale = 3;
  out.threshold = 0.4F;
  return out;
}

void print(const float* values, std::size_t count) {
  std::cout.write(reinterpret_cast<const char*>(values), static_cast<std::streamsize>(count * sizeof(float)));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 9) return 2;
  const std::vector<std::string> given(argv + 1, argv + argc);
  const std::filesystem::path folder = given[0];
  const std::map<std::string, mll::image_fit> fits{{"stretch", mll::image_fit::stretch},
                                                   {"crop", mll::image_fit::crop},
                                                   {"letterbox", mll::image_fit::letterbox}};
  const std::map<std::string, mll::interpolation> kinds{{"area", mll::interpolation::area},
                                                        {"nearest", mll::interpolation::nearest},
                                                        {"bilinear", mll::interpolation::bilinear},
                                                        {"bicubic", mll::interpolation::bicubic},
                                                        {"lanczos", mll::interpolation::lanczos}};
  mll::onnx_options options;
  options.preparation = {fits.at(given[1]), kinds.at(given[2]), std::stoul(given[3]),
                         given[4] == "down" ? mll::crop_rounding::down : mll::crop_rounding::even};
  options.width = std::stoul(given[5]);
  options.height = std::stoul(given[6]);
  options.output = mll::activation::softmax;
  std::vector<cv::Mat> images;
  for (std::size_t i = 7; i < given.size(); ++i) images.push_back(mll::read_image(given[i]));

  const mll::selection chosen = chosen_heads();
  mll::hub<cv::Mat> hub;
  std::vector<mll::onnx_task_expert> experts;
  for (const char* name : {"a", "b"}) {
    const auto file = folder / (std::string{name} + ".onnx");
    const auto model = mll::onnx_classifier<cv::Mat>{file, {"red", "green", "blue"}, options};
    experts.push_back({.name = name, .file = file, .options = model.options()});
    hub.add(name, model);
  }
  const mll::onnx_general_model general{folder / "general.onnx", no_texts{}, options};
  experts.push_back({.name = "general model", .file = folder / "general.onnx", .options = general.options()});
  mll::write_onnx_task(folder / "task.onnx", chosen, experts);

  const mll::zero_shot_classifier<cv::Mat> classifier{hub, chosen, general};
  mll::matrix<float> probabilities(static_cast<Eigen::Index>(images.size()), classes);
  classifier.predict(mll::exec::sequential{}, images, probabilities);
  print(probabilities.data(), images.size() * classes);
  const mll::detail::image_tensor tensor{experts[0].options};
  std::vector<float> values(tensor.size());
  for (const cv::Mat& image : images) {
    tensor.write(image, 0, values.data());
    print(values.data(), values.size());
  }
  return std::cout.flush() ? 0 : 3;
}
