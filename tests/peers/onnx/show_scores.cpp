// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The scores of an ONNX file for samples, as `onnx_classifier` gives them.
//
//   show_scores image|vector|text FILE HEADS OPTION=VALUE...
//
// Samples come from standard input: a line "rows columns channels" and bytes per image, or a line per vector
// or text. Prints "description" with what was decided, then a line of scores per sample; or "refused REASON".
#include <cstddef>
#include <exception>
#include <iomanip>
#include <iostream>
#include <limits>
#include <opencv2/core.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "mll/core/matrix.hpp"
#include "mll/model/onnx/onnx_opencv.hpp"
#include "mll/model/onnx/onnx_texts.hpp"
#include "mll/model/onnx/onnx_vectors.hpp"
#include "mll/model/onnx/prove_onnx_classifier.hpp"

namespace {

void read_sample(std::vector<cv::Mat>& out) {
  int rows = 0;
  int columns = 0;
  int channels = 0;
  if (!(std::cin >> rows >> columns >> channels)) return;
  std::cin.get();
  cv::Mat image(rows, columns, CV_8UC(channels));
  std::cin.read(reinterpret_cast<char*>(image.data),
                static_cast<std::streamsize>(image.total() * image.elemSize()));
  out.push_back(image);
}
void read_sample(std::vector<Eigen::VectorXf>& out) {
  std::string line;
  if (!std::getline(std::cin, line)) return;
  std::istringstream numbers{line};
  std::vector<float> values;
  for (float value = 0; numbers >> value;) values.push_back(value);
  out.emplace_back(
      Eigen::Map<const Eigen::VectorXf>{values.data(), static_cast<Eigen::Index>(values.size())});
}
void read_sample(std::vector<std::string>& out) {
  std::string line;
  if (std::getline(std::cin, line)) out.push_back(line);
}

template <class Sample>
int show(const std::string& file, std::size_t heads, const mll::onnx_options& options) {
  std::vector<Sample> samples;
  for (std::size_t before = std::numeric_limits<std::size_t>::max(); before != samples.size();) {
    before = samples.size();
    read_sample(samples);
  }
  std::vector<std::string> names;
  for (std::size_t h = 0; h < heads; ++h) names.push_back("head " + std::to_string(h));
  const mll::onnx_classifier<Sample> model{file, names, options};
  mll::prove_onnx_classifier(model);
  const auto found = model.describe();
  std::cout << "description " << found.engine << "; output " << found.output.name << "; "
            << (found.is_batch_fixed ? "fixed" : "open") << " batch of " << found.batch_size << "; "
            << found.activation.reason << '\n';
  mll::matrix<float> scores(static_cast<Eigen::Index>(samples.size()), static_cast<Eigen::Index>(heads));
  model.predict(samples, scores);
  std::cout << std::setprecision(9);
  for (Eigen::Index r = 0; r < scores.rows(); ++r) std::cout << scores.row(r) << '\n';
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> given(argv + 1, argv + argc);
  if (given.size() < 3) return 2;
  mll::onnx_options options;
  for (std::size_t i = 3; i < given.size(); ++i) {
    const std::string key = given[i].substr(0, given[i].find('='));
    const std::string value = given[i].substr(key.size() + 1);
    if (key == "tokenizer") options.tokenizer = value;
    if (key == "output") options.output_name = value;
    if (key == "width") options.width = std::stoul(value);
    if (key == "engine") options.engine = mll::onnx_engine_id::opencv;
  }
  try {
    if (given[0] == "image") return show<cv::Mat>(given[1], std::stoul(given[2]), options);
    if (given[0] == "vector") return show<Eigen::VectorXf>(given[1], std::stoul(given[2]), options);
    return show<std::string>(given[1], std::stoul(given[2]), options);
  } catch (const std::exception& problem) {
    std::cout << "refused " << problem.what() << '\n';
    return 0;
  }
}
