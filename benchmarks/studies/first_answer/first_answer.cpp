// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// How soon a packed task answers: the time of a process that opens a pack and classifies one image, beside
// that of a process that only loads the networks of the same experts.
//
//   first_answer --pack FILE.mlltask --image FILE [--runs N] [--json FILE]
#include <CLI/CLI.hpp>
#include <mll/label/representation/read_image.hpp>
#include <mll/mll.hpp>
#include <mll/model/onnx/onnx_opencv.hpp>
#include <mll/reuse/io/read_task.hpp>
#include <opencv2/core.hpp>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "../../support/median.hpp"
#include "../../support/program.hpp"

namespace {

namespace fs = std::filesystem;

/// The experts are loaded as `load_onnx_classifier` finds them described; a general model is not supported.
int answer(const fs::path& pack, const fs::path& image) {
  const mll::packed_task task = mll::read_task(pack);
  mll::hub<cv::Mat> experts;
  for (const auto& each : task.experts) experts.add(each.name, mll::load_onnx_classifier(each.file));
  const mll::zero_shot_classifier<cv::Mat> classifier{experts, task.chosen};
  const std::vector<cv::Mat> images{mll::read_image(image)};
  const auto found = classifier.classify(mll::exec::sequential{}, std::span{images}, 0.0F);
  return found.size() == 1 && found.front().answer ? 0 : 1;
}

int load(const std::vector<std::string>& files) {
  mll::onnx_session_cache cache;
  for (const auto& each : files)
    static_cast<void>(cache.acquire(each, mll::detail::onnx_input_of<cv::Mat>::engine({})));
  return cache.statistics().loads == files.size() ? 0 : 1;
}

std::string in_quotes(const std::string& text) {
  std::string out{"'"};
  for (const char c : text) out += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return out + "'";
}

/// Seconds that this program takes with other arguments.
double seconds_of(const std::vector<std::string>& arguments) {
  std::string command = in_quotes(fs::read_symlink("/proc/self/exe").string());
  for (const auto& each : arguments) command += " " + in_quotes(each);
  const auto begin = std::chrono::steady_clock::now();
  if (std::system(command.c_str()) != 0) throw std::runtime_error{"failed: " + command};
  return mll::benchmark::seconds_since(begin);
}

void compare(const fs::path& pack, const fs::path& image, std::size_t runs, const std::string& json) {
  const mll::packed_task task = mll::read_task(pack);
  std::vector<std::string> files{"load"};
  for (const auto& each : task.experts) files.push_back(each.file.string());
  std::vector<double> loading;
  std::vector<double> answering;
  for (std::size_t i = 0; i <= runs; ++i) {
    const double loaded = seconds_of(files);
    const double answered = seconds_of({"answer", pack.string(), image.string()});
    if (i == 0) continue;  // fills the caches of the system
    loading.push_back(loaded);
    answering.push_back(answered);
  }
  const double load_seconds = mll::benchmark::median(loading);
  const double answer_seconds = mll::benchmark::median(answering);
  std::printf("%zu experts, median of %zu runs, from start to end of a process\n", files.size() - 1, runs);
  std::printf("%8.1f ms  loading their networks\n", load_seconds * 1e3);
  std::printf("%8.1f ms  opening the pack and classifying one image: %.2f times\n", answer_seconds * 1e3,
              answer_seconds / load_seconds);
  if (!json.empty())
    std::ofstream{json} << nlohmann::json{{"experts", files.size() - 1},
                                          {"load_seconds", load_seconds},
                                          {"answer_seconds", answer_seconds}}
                               .dump(2)
                        << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> given(argv + 1, argv + argc);
  if (given.size() == 3 && given[0] == "answer") return answer(given[1], given[2]);
  if (given.size() > 1 && given[0] == "load") return load({given.begin() + 1, given.end()});
  std::string pack;
  std::string image;
  std::size_t runs = 9;
  std::string json;
  CLI::App app{"Times the first answer of a packed task.", "first_answer"};
  app.add_option("--pack", pack, "A packed task on images, of experts alone")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--image", image, "An image")->required()->check(CLI::ExistingFile);
  app.add_option("--runs", runs, "Runs of each; the median counts")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--json", json, "File for the result");
  return mll::benchmark::run_program(app, argc, argv, [&] { compare(pack, image, runs, json); });
}
