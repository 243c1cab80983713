// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// try
#include <mll/core/error.hpp>
#include <mll/core/matrix.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "store_settings.hpp"

namespace hub_tool {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Heads by score, highest first.
std::vector<std::size_t> ranking(const mll::matrix<float>& scores) {
  std::vector<std::size_t> out(static_cast<std::size_t>(scores.cols()));
  std::iota(out.begin(), out.end(), std::size_t{0});
  std::stable_sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) {
    return scores(0, static_cast<Eigen::Index>(a)) > scores(0, static_cast<Eigen::Index>(b));
  });
  return out;
}

/// The samples of one file, each run alone.
template <class Hub, class Model>
void answer(const Model& model, const fs::path& file, const arguments& given, const output& out,
            json& answers) {
  const auto samples = Hub::read_file(file);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::string name =
        printable(file.string()) + (samples.size() == 1 ? "" : "[" + std::to_string(i) + "]");
    mll::matrix<float> scores(1, static_cast<Eigen::Index>(model.head_count()));
    model.predict(std::span{samples}.subspan(i, 1), scores);
    json heads = json::array();
    json values = json::array();
    std::string line = name + ":";
    for (const std::size_t head : ranking(scores)) {
      const float score = scores(0, static_cast<Eigen::Index>(head));
      if (heads.size() < given.shown_heads)
        line += "\n  " + example::to_text(score) + "\t" + printable(model.head_name(head));
      heads.push_back(printable(model.head_name(head)));
      values.push_back(score);
    }
    out.say(line);
    answers.push_back({{"sample", name}, {"scores", std::move(values)}, {"heads", std::move(heads)}});
  }
}

/// The samples of an expert: as it was told, or as the inputs of its file say.
std::string samples_of(const arguments& given) {
  if (!given.tried_as.empty()) return given.tried_as;
  if (fs::path{given.expert}.extension() == vector_hub::extension) return "vectors";
#if MLL_TEST_ONNXRUNTIME
  using mll::detail::onnx_element;
  const auto header = mll::detail::read_onnx_header(text_hub::find(given.expert).file);
  for (const auto& input : header.inputs) {
    if (input.shape.size() == 4) return "images";
    const auto type = static_cast<onnx_element>(input.element_type);
    const bool has_tokens = input.name.find("ids") != std::string::npos;
    if (type == onnx_element::string || (type == onnx_element::int64 && has_tokens)) return "texts";
  }
  return "vectors";
#else
  return "images";
#endif
}

}  // namespace

int try_expert(const arguments& given, const output& out) {
  return with_hub(samples_of(given), [&](auto hub) {
    using hub_type = decltype(hub);
    const fs::path file = hub_type::find(given.expert).file;
    const auto model = hub_type::load(file, given.network.options());
    hub_type::prove(model);
    const auto report = hub_type::report(file, model);
    out.say(printable(file.string()) + ": " + printable(report.line()));
    json answers = json::array();
    bool complete = true;
    for (const fs::path sample : given.tried) {
      try {
        answer<hub_type>(model, sample, given, out, answers);
      } catch (const mll::error& problem) {  // a bad sample leaves the others alone
        const std::string what = problem.what();
        out.warn(what.starts_with(sample.string()) ? what : sample.string() + ": " + what);
        complete = false;
      }
    }
    json result = report.json();
    result["file"] = printable(file.string());
    result["answers"] = std::move(answers);
    out.result(result);
    return complete ? ok : incomplete;
  });
}

}  // namespace hub_tool
