// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include "mll/model/description/detail/json_object.hpp"
#include "mll/model/description/expert_description.hpp"

namespace mll::detail {

/// Reads `input` of a `NAME.mll.json`.
inline void read_mll_input(const json_object& input, expert_description::input_entries& out) {
  input.require_keys({"name", "width", "height", "layout", "order", "scale", "mean", "deviation", "resize",
                      "interpolation", "short_side", "crop_rounding"});
  const auto take = [&](auto& entry, const char* key, auto value) {
    if (value) entry.set(std::move(*value), input.source(key));
  };
  take(out.name, "name", input.text("name"));
  take(out.width, "width", input.pixels("width"));
  take(out.height, "height", input.pixels("height"));
  take(out.layout, "layout",
       input.choice<tensor_layout>("layout", {{"nchw", tensor_layout::nchw}, {"nhwc", tensor_layout::nhwc}}));
  take(out.order, "order",
       input.choice<channel_order>("order", {{"rgb", channel_order::rgb}, {"bgr", channel_order::bgr}}));
  take(out.scale, "scale", input.number("scale", "a finite number other than 0", not_zero));
  take(out.mean, "mean", input.channels("mean", "a finite number", any_number));
  take(out.deviation, "deviation", input.channels("deviation", "a finite number above 0", above_zero));
  image_preparation preparation;
  const char* first = nullptr;
  const auto part = [&](auto& to, const char* key, auto value) {
    if (!value) return;
    to = *value;
    if (first == nullptr) first = key;
  };
  part(preparation.fit, "resize",
       input.choice<image_fit>("resize", {{"stretch", image_fit::stretch},
                                          {"crop", image_fit::crop},
                                          {"letterbox", image_fit::letterbox}}));
  part(preparation.interpolation, "interpolation",
       input.choice<interpolation>("interpolation", {{"area", interpolation::area},
                                                     {"nearest", interpolation::nearest},
                                                     {"bilinear", interpolation::bilinear},
                                                     {"bicubic", interpolation::bicubic},
                                                     {"lanczos", interpolation::lanczos}}));
  part(preparation.short_side, "short_side", input.pixels("short_side"));
  part(preparation.rounding, "crop_rounding",
       input.choice<crop_rounding>("crop_rounding",
                                   {{"even", crop_rounding::even}, {"down", crop_rounding::down}}));
  if (first != nullptr) out.preparation.set(preparation, input.source(first));
}

/// Reads a `NAME.mll.json` (docs/expert.schema.json).
/// Throws: `parse_error` naming file and key for an unknown key or another type or value.
[[nodiscard]] inline expert_description read_mll_json(const std::filesystem::path& path) {
  const auto tree = json_object::parse(path);
  const json_object file{path.string(), tree};
  file.require_keys({"$schema", "labels", "input", "output", "tokenizer", "licence"});
  expert_description out;
  static_cast<void>(file.text("$schema"));
  if (auto labels = file.names("labels")) out.labels.set(std::move(*labels), file.source("labels"));
  if (const auto input = file.object("input")) read_mll_input(*input, out.input);
  if (const auto output = file.object("output")) {
    output->require_keys({"name", "activation"});
    if (auto name = output->text("name")) out.output.name.set(std::move(*name), output->source("name"));
    const auto found =
        output->choice<std::optional<activation>>("activation", {{"auto", std::nullopt},
                                                                 {"none", activation::identity},
                                                                 {"softmax", activation::softmax},
                                                                 {"sigmoid", activation::sigmoid}});
    if (found) out.output.activation.set(*found, output->source("activation"));
  }
  if (const auto tokenizer = file.text("tokenizer")) {
    if (tokenizer->empty()) file.fail("tokenizer", "the name of a file", std::string{"nothing"});
    out.tokenizer.set(path.parent_path() / *tokenizer, file.source("tokenizer"));
  }
  if (auto licence = file.text("licence")) out.licence.set(std::move(*licence), file.source("licence"));
  return out;
}

}  // namespace mll::detail
