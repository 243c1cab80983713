// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/text/text_file.hpp"
#include "mll/model/description/detail/hugging_face_json.hpp"
#include "mll/model/description/detail/json_object.hpp"
#include "mll/model/description/detail/mll_json.hpp"
#include "mll/model/description/detail/python_literal.hpp"
#include "mll/model/description/detail/timm_json.hpp"
#include "mll/model/description/expert_description.hpp"
#include "mll/model/description/expert_files.hpp"
#include "mll/model/head_names.hpp"
#include "mll/model/onnx/read_onnx_metadata.hpp"

namespace mll {

namespace detail {

/// What Ultralytics writes into a classifier: `names`, `imgsz`, `task`. Images are prepared as its `classify`
/// does: short side, centre crop, bilinear.
inline expert_description read_ultralytics(const std::string& file, const onnx_metadata& metadata) {
  expert_description out;
  const auto source = [&](const char* key) { return file + ": metadata " + key; };
  const auto find = [&](std::string_view key) {
    const auto at = metadata.properties.find(key);
    return at == metadata.properties.end() ? nullptr : &at->second;
  };
  const auto fail = [&](const char* key, const char* expected, std::string_view found) {
    throw parse_error{file, 0, std::string{"metadata '"} + key + "' to be " + expected, in_quotes(found)};
  };
  const std::string* const names = find("names");
  const std::string* const size = find("imgsz");
  if (names == nullptr || size == nullptr) return out;
  if (const std::string* const task = find("task"); task != nullptr && *task != "classify")
    fail("task", "classify", *task);
  const auto labels = python_literal::dictionary(*names);
  if (!labels || labels->empty() || labels->rbegin()->first + 1 != labels->size())
    fail("names", "a dictionary with the keys 0, 1, ...", *names);
  std::vector<std::string> heads;
  for (const auto& [key, name] : *labels) {
    require_head_name(file, "metadata names[" + std::to_string(key) + "]", name);
    heads.push_back(name);
  }
  out.labels.set(std::move(heads), source("names"));
  const auto sides = python_literal::numbers(*size);
  const bool good = sides && !sides->empty() && sides->size() <= 2 &&
                    std::all_of(sides->begin(), sides->end(),
                                [](std::size_t side) { return side >= 1 && side <= max_described_side; });
  if (!good) fail("imgsz", "one or two numbers of pixels", *size);
  out.input.height.set(sides->front(), source("imgsz"));
  out.input.width.set(sides->back(), source("imgsz"));
  out.input.preparation.set({.fit = image_fit::crop,
                             .interpolation = interpolation::bilinear,
                             .short_side = std::max(sides->front(), sides->back())},
                            source("imgsz"));
  out.input.scale.set(1.0F / 255, source("task"));
  out.input.mean.set({0, 0, 0}, source("task"));
  out.input.deviation.set({1, 1, 1}, source("task"));
  out.input.order.set(channel_order::rgb, source("task"));
  for (const char* key : {"license", "licence"}) {
    if (const std::string* const licence = find(key)) out.licence.set(*licence, source(key));
  }
  return out;
}

/// What PaddleOCR's exporters write: `character`, one label per line. Recognisers of text have their alphabet
/// there, with blanks, which is no list of labels.
inline expert_description read_paddle(const std::string& file, const onnx_metadata& metadata) {
  expert_description out;
  const auto at = metadata.properties.find("character");
  if (at == metadata.properties.end()) return out;
  std::vector<std::string> labels;
  for (std::string_view rest = at->second; !rest.empty();) {
    const std::string_view line = take_line(rest);
    if (is_blank(line) || !is_valid_utf8(line)) return out;
    labels.emplace_back(line);
  }
  if (!labels.empty()) out.labels.set(std::move(labels), file + ": metadata character");
  return out;
}

}  // namespace detail

/// Reads the description of an expert from what lies beside its ONNX file and within it. A value that several
/// of them give is taken from the first:
///
/// 1. `NAME.mll.json`, or `mll.json` in a model folder (docs/expert.schema.json; unknown keys are refused)
/// 2. Hugging Face's `config.json` and `preprocessor_config.json`, or timm's `config.json`
/// 3. metadata in the ONNX file: Ultralytics, PaddleOCR
/// 4. `NAME.labels.txt`
/// 5. `tokenizer.json`, `vocab.json` or `vocab.txt`: the tokenizer
/// 6. class numbers and placeholders (`LABEL_0`), which are labels if nothing else is
///
/// Needs nlohmann-json and protozero (`mll::opencv` or `mll::onnxruntime`).
///
/// @code
/// const auto description = mll::read_expert_description(mll::expert_files::find("birds"));
/// if (description.labels) std::cout << "labels from " << description.labels.source << '\n';
/// const mll::onnx_options options = description.options();
/// @endcode
///
/// @param[in] files see `expert_files::find`
/// Throws: `parse_error` naming file and key, for a file that is not what it should be, and for a preparation
/// that is not supported; a value that is overruled is checked as well. Complexity: linear in the files, but
/// the weights are skipped.
[[nodiscard]] inline expert_description read_expert_description(const expert_files& files) {
  expert_description out;
  expert_description::entry<std::vector<std::string>> placeholders;
  const auto names_something = [](const std::vector<std::string>& labels) {
    return !std::all_of(labels.begin(), labels.end(), [](const std::string& each) {
      return detail::is_placeholder_label(each) || each.find_first_not_of("0123456789") == std::string::npos;
    });
  };
  const auto add = [&](expert_description part) {
    if (part.labels && !names_something(*part.labels)) {
      placeholders.complete(part.labels);
      part.labels = {};
    }
    out.complete(part);
  };
  if (!files.mll_json.empty()) out = detail::read_mll_json(files.mll_json);
  if (!files.config.empty()) {
    const auto tree = detail::json_object::parse(files.config);
    const detail::json_object file{files.config.string(), tree};
    if (detail::is_timm_config(file)) add(detail::read_timm_config(file));
    add(detail::read_hugging_face_config(file));
  }
  if (!files.preprocessor.empty()) {
    const auto tree = detail::json_object::parse(files.preprocessor);
    add(detail::read_preprocessor_config({files.preprocessor.string(), tree}));
  }
  const std::string model = files.model.string();
  const onnx_metadata metadata = read_onnx_metadata(files.model);
  add(detail::read_ultralytics(model, metadata));
  add(detail::read_paddle(model, metadata));
  if (!metadata.class_labels.empty()) {
    expert_description classes;
    for (const std::string& each : metadata.class_labels) {
      if (!is_valid_utf8(each)) throw parse_error{model, 0, "class labels in UTF-8", detail::in_quotes(each)};
      detail::require_head_name(model, "class labels", each);
    }
    classes.labels.set(metadata.class_labels, model + ": class labels");
    add(classes);
  }
  if (!files.head_names.empty()) {
    auto names = read_head_names(files.head_names);
    if (!out.labels) out.labels.set(std::move(names), files.head_names.string());
  }
  out.labels.complete(placeholders);
  if (!out.tokenizer && !files.tokenizer.empty())
    out.tokenizer.set(files.tokenizer, files.tokenizer.string());
  return out;
}

}  // namespace mll
