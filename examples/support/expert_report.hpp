// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// How an expert is run, in words: for people and for JSON.
#pragma once

#include <mll/model/description/expert_description.hpp>
#include <mll/model/onnx/onnx_description.hpp>
#include <mll/model/onnx/onnx_options.hpp>

#include <array>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace example {

struct expert_report {
  std::string engine;
  std::string input;
  std::string preparation;  ///< empty if samples are taken as they are
  std::string activation;
  std::map<std::string, std::string> sources = {};  ///< where a value was read, by its name

  [[nodiscard]] nlohmann::json json() const {
    return {{"engine", engine},
            {"input", input},
            {"preparation", preparation},
            {"activation", activation},
            {"sources", sources}};
  }
  [[nodiscard]] std::string line() const {
    const auto with_source = [&](const std::string& text, const char* key) {
      const auto at = sources.find(key);
      return at == sources.end() ? text : text + " [" + at->second + "]";
    };
    std::string out = engine + "; " + with_source(input, "input");
    if (!preparation.empty()) out += "; " + with_source(preparation, "preparation");
    out += "; " + with_source(activation, "activation");
    if (sources.contains("labels")) out += "; labels [" + sources.at("labels") + "]";
    return out;
  }
};

[[nodiscard]] inline std::string to_text(mll::activation kind) {
  switch (kind) {
    case mll::activation::softmax:
      return "softmax";
    case mll::activation::sigmoid:
      return "sigmoid";
    case mll::activation::identity:
      break;
  }
  return "none";
}

[[nodiscard]] inline std::string to_text(mll::interpolation kind) {
  switch (kind) {
    case mll::interpolation::area:
      return "area";
    case mll::interpolation::nearest:
      return "nearest";
    case mll::interpolation::bilinear:
      return "bilinear";
    case mll::interpolation::bicubic:
      return "bicubic";
    case mll::interpolation::lanczos:
      return "lanczos";
  }
  return "";
}

[[nodiscard]] inline std::string to_text(float value) {
  std::array<char, 32> out{};
  const auto end = std::to_chars(out.data(), out.data() + out.size(), value).ptr;
  return {out.data(), end};
}

[[nodiscard]] inline std::string to_text(const std::array<float, 3>& values) {
  const std::string first = to_text(values[0]);
  if (values[0] == values[1] && values[1] == values[2]) return first;
  return first + "," + to_text(values[1]) + "," + to_text(values[2]);
}

/// `crop 256 bicubic, scale 0.003921569, mean 0.485,0.456,0.406, deviation 0.229,0.224,0.225`.
[[nodiscard]] inline std::string preparation_text(const mll::onnx_options& options) {
  std::string out;
  switch (options.preparation.fit) {
    case mll::image_fit::stretch:
      out = "stretch";
      break;
    case mll::image_fit::crop:
      out = "crop";
      break;
    case mll::image_fit::letterbox:
      out = "letterbox";
      break;
  }
  if (options.preparation.short_side != 0) out += " " + std::to_string(options.preparation.short_side);
  out += " " + to_text(options.preparation.interpolation);
  if (options.scale) out += ", scale " + to_text(*options.scale);
  return out + ", mean " + to_text(options.mean) + ", deviation " + to_text(options.deviation);
}

/// @tparam Model an `onnx_classifier`, for images or other samples
template <class Model>
[[nodiscard]] expert_report describe_expert(const mll::expert_description& from, const Model& model) {
  expert_report out;
  const mll::onnx_options& options = model.options();
  mll::onnx_input_kind kind = mll::onnx_input_kind::image;
  out.engine = "OpenCV";
  out.activation = options.output ? to_text(*options.output) : "none";
  const auto source = [&](const char* name, const auto& entry) {
    if (entry) out.sources.emplace(name, entry.source);
  };
  source("activation", from.output.activation);
  if constexpr (requires { model.describe(); }) {
    const mll::onnx_description run = model.describe();
    kind = run.kind;
    out.engine = run.engine;
    out.activation = to_text(run.activation.kind);
    if (run.activation.source != mll::activation_source::options)
      out.sources["activation"] = run.activation.reason;
  }
  switch (kind) {
    case mll::onnx_input_kind::image:
      out.input = "image " + std::to_string(options.width) + "x" + std::to_string(options.height) +
                  (options.channels == 1                      ? " grey"
                   : options.order == mll::channel_order::rgb ? " rgb"
                                                              : " bgr") +
                  (options.layout == mll::tensor_layout::nhwc ? " nhwc" : " nchw");
      out.preparation = preparation_text(options);
      source("input", from.input.width);
      source("preparation", from.input.preparation);
      source("preparation", from.input.mean);
      break;
    case mll::onnx_input_kind::vector:
      out.input = "vector";
      break;
    case mll::onnx_input_kind::text:
      out.input = "text";
      break;
    case mll::onnx_input_kind::tokens:
      out.input = "tokens";
      break;
  }
  source("input", from.input.name);
  source("labels", from.labels);
  source("licence", from.licence);
  source("tokenizer", from.tokenizer);
  return out;
}

}  // namespace example
