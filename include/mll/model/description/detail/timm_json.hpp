// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "mll/model/description/detail/json_object.hpp"
#include "mll/model/description/expert_description.hpp"

namespace mll::detail {

/// Whether a `config.json` is one that timm writes, nested or flat.
[[nodiscard]] inline bool is_timm_config(const json_object& file) {
  return file.contains("pretrained_cfg") || file.contains("crop_pct") || file.contains("label_names") ||
         (file.contains("input_size") && file.contains("mean") && file.contains("std"));
}

/// The resizing that timm's `create_transform` builds for evaluation.
inline void read_timm_preparation(const json_object& config, std::size_t side,
                                  expert_description::input_entries& out) {
  image_preparation preparation{.fit = image_fit::crop, .interpolation = interpolation::bilinear};
  const auto kind = config.choice<interpolation>("interpolation", {{"nearest", interpolation::nearest},
                                                                   {"bilinear", interpolation::bilinear},
                                                                   {"bicubic", interpolation::bicubic},
                                                                   {"lanczos", interpolation::lanczos}});
  if (kind) preparation.interpolation = *kind;
  const auto mode = config.text("crop_mode").value_or("center");
  if (mode == "squash") {
    preparation.fit = image_fit::stretch;
  } else if (mode != "center") {
    config.fail("crop_mode", "center or squash", in_quotes(mode));
  }
  const json_object::json* const share = config.find("crop_pct");
  double crop = 0.875;  // timm's default
  if (share != nullptr) {
    if (share->is_number()) crop = share->get<double>();
    if (!share->is_number() || !(crop > 0.01 && crop <= 2))
      config.fail("crop_pct", "a number from 0.01 to 2", *share);
  }
  if (side == 0) return;  // nothing is known of the input
  preparation.short_side =
      static_cast<std::size_t>(std::max(1.0, std::floor(static_cast<double>(side) / crop)));
  const char* const key = share != nullptr ? "crop_pct" : kind ? "interpolation" : "input_size";
  out.preparation.set(preparation, config.source(key));
}

/// Reads a `config.json` of timm: `pretrained_cfg`, or its members at the top; `label_names`.
/// Throws: `parse_error` naming file and key for another type or value, and for what is not supported.
[[nodiscard]] inline expert_description read_timm_config(const json_object& file) {
  expert_description out;
  const auto nested = file.object("pretrained_cfg");
  const json_object& config = nested ? *nested : file;
  for (const json_object* const each : {&file, &config}) {
    if (out.labels) break;
    if (auto labels = each->names("label_names"))
      out.labels.set(std::move(*labels), each->source("label_names"));
  }
  std::size_t side = 0;
  if (const auto* const size = config.find("input_size")) {
    if (!size->is_array() || size->size() != 3) config.fail("input_size", "[channels, height, width]", *size);
    out.input.height.set(config.to_pixels("input_size[1]", (*size)[1]), config.source("input_size"));
    out.input.width.set(config.to_pixels("input_size[2]", (*size)[2]), config.source("input_size"));
    side = std::min(*out.input.height, *out.input.width);
  }
  if (auto mean = config.channels("mean", "a finite number", any_number))
    out.input.mean.set(*mean, config.source("mean"));
  if (auto deviation = config.channels("std", "a finite number above 0", above_zero))
    out.input.deviation.set(*deviation, config.source("std"));
  if (out.input.mean || out.input.deviation) {
    const std::string& source = out.input.mean ? out.input.mean.source : out.input.deviation.source;
    out.input.scale.set(1.0F / 255, source);
    out.input.order.set(channel_order::rgb, source);
  }
  read_timm_preparation(config, side, out.input);
  for (const char* key : {"license", "licence"}) {
    if (auto licence = config.text(key)) out.licence.set(std::move(*licence), config.source(key));
  }
  return out;
}

}  // namespace mll::detail
