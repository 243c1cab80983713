// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mll/model/description/detail/json_object.hpp"
#include "mll/model/description/expert_description.hpp"

namespace mll::detail {

/// How the image processors of a class of Hugging Face's library resize, and what they do if a key is absent.
struct image_processor_kind {
  /// `crop_share`: as ConvNeXT and PoolFormer do, the short side is `size` divided by `crop_pct`, then the
  /// centre is cropped.
  enum class rule { square, short_side, crop_share };
  std::string_view name;  ///< without `ImageProcessor` or `FeatureExtractor`, and `Fast`
  rule resizing;
  int resample;  ///< number of Pillow's filter
  bool crops;
  bool flips_channels = false;
};

[[nodiscard]] inline const image_processor_kind* find_image_processor(std::string_view name) {
  using enum image_processor_kind::rule;
  static constexpr std::array<image_processor_kind, 14> known{{
      {"ViT", square, 2, false},
      {"DeiT", square, 3, true},
      {"Beit", square, 3, true},
      {"Siglip", square, 3, false},
      {"EfficientNet", square, 0, false},
      {"CLIP", short_side, 3, true},
      {"ChineseCLIP", short_side, 3, true},
      {"Bit", short_side, 3, true},
      {"MobileNetV1", short_side, 2, true},
      {"MobileNetV2", short_side, 2, true},
      {"MobileViT", short_side, 2, true, true},
      {"ConvNext", crop_share, 2, false},
      {"PoolFormer", crop_share, 3, true},
      {"Levit", short_side, 3, true},
  }};
  for (const std::string_view ending : {"Fast", "Pil", "ImageProcessor", "FeatureExtractor"}) {
    if (name.ends_with(ending)) name.remove_suffix(ending.size());
  }
  const auto* const found =
      std::find_if(known.begin(), known.end(), [&](const auto& each) { return each.name == name; });
  return found == known.end() ? nullptr : found;
}

/// A size as these files write it: a number, or an object of `height` and `width`, or of `shortest_edge`.
struct processor_size {
  std::size_t width = 0;
  std::size_t height = 0;
  std::size_t short_side = 0;

  [[nodiscard]] static std::optional<processor_size> read(const json_object& file, const char* key) {
    const auto* const found = file.find(key);
    if (found == nullptr) return {};
    if (!found->is_object()) {
      const std::size_t side = file.to_pixels(key, *found);
      return processor_size{side, side, 0};
    }
    const auto size = *file.object(key);
    if (const auto side = size.pixels("shortest_edge")) return processor_size{0, 0, *side};
    const auto width = size.pixels("width");
    const auto height = size.pixels("height");
    if (!width || !height) file.fail(key, "a number, width and height, or shortest_edge", *found);
    return processor_size{*width, *height, 0};
  }
};

/// The filter of a number of Pillow's.
[[nodiscard]] inline interpolation read_resample(const json_object& file, int otherwise) {
  int filter = otherwise;
  if (const auto* const found = file.find("resample")) {
    if (!found->is_number_integer()) file.fail("resample", "a number of Pillow's, 0 to 4", *found);
    filter = found->get<double>() >= 0 && found->get<double>() <= 5 ? found->get<int>() : -1;
  }
  switch (filter) {
    case 0:
      return interpolation::nearest;
    case 1:
      return interpolation::lanczos;
    case 2:
      return interpolation::bilinear;
    case 3:
      return interpolation::bicubic;
    case 4:
      return interpolation::area;
    default:
      file.fail("resample", "a number of Pillow's, 0 to 4", *file.find("resample"));
  }
}

/// The resizing and the size of the input.
inline void read_processor_preparation(const json_object& file, const image_processor_kind* kind,
                                       bool torchvision, expert_description::input_entries& out) {
  using rule = image_processor_kind::rule;
  const auto crop = processor_size::read(file, "crop_size");
  const bool crops = file.flag_or("do_center_crop", kind != nullptr && kind->crops);
  const auto set_size = [&](std::size_t width, std::size_t height, const char* key) {
    out.width.set(width, file.source(key));
    out.height.set(height, file.source(key));
  };
  if (crops && crop && crop->short_side != 0)
    file.fail("crop_size", "width and height", *file.find("crop_size"));
  if (crops && crop) set_size(crop->width, crop->height, "crop_size");
  if (!file.flag_or("do_resize", true)) {
    if (crops) file.fail("do_resize", "true, if do_center_crop is", std::string{"false"});
    return;
  }
  const auto size = processor_size::read(file, "size");
  if (!size) return;
  image_preparation preparation{.interpolation = read_resample(file, kind == nullptr ? 2 : kind->resample),
                                .rounding = torchvision ? crop_rounding::even : crop_rounding::down};
  // A plain number is interpreted by the processor class.
  const bool plain = !file.find("size")->is_object();
  std::size_t short_side = size->short_side;
  if (plain && kind != nullptr && kind->resizing != rule::square) short_side = size->width;
  if (kind != nullptr && kind->resizing == rule::crop_share && short_side != 0) {
    const auto share =
        file.number("crop_pct", "a number from 0.01 to 1", [](float x) { return x >= 0.01F && x <= 1; });
    const double crop_share = share                      ? static_cast<double>(*share)
                              : kind->name == "ConvNext" ? 224.0 / 256
                                                         : 0.9;
    // As the number is written: 0.875 and 0.9 are not the same as float and double.
    const double exact = file.contains("crop_pct") ? file.find("crop_pct")->get<double>() : crop_share;
    if (kind->name == "ConvNext") {
      set_size(short_side, short_side, "size");
      if (short_side < 384) preparation.fit = image_fit::crop;
      if (short_side < 384)
        preparation.short_side = static_cast<std::size_t>(static_cast<double>(short_side) / exact);
    } else {
      preparation.fit = image_fit::crop;
      preparation.short_side = static_cast<std::size_t>(static_cast<double>(short_side) / exact);
      if (!out.width) set_size(short_side, short_side, "size");
    }
  } else if (short_side != 0) {
    if (kind != nullptr && kind->name == "Levit")
      short_side = static_cast<std::size_t>(256.0 / 224 * static_cast<double>(short_side));
    if (!crops) file.fail("do_center_crop", "true, if size is a shortest_edge", std::string{"false"});
    preparation.fit = image_fit::crop;
    preparation.short_side = short_side;
  } else if (!crops || !crop || (crop->width == size->width && crop->height == size->height)) {
    set_size(size->width, size->height, "size");
  } else {
    const std::size_t shorter = std::min(size->width, size->height);
    if (size->width * crop->height != size->height * crop->width)
      file.fail("crop_size", "of the same aspect ratio as size", *file.find("crop_size"));
    preparation.short_side = shorter;
  }
  out.preparation.set(preparation, file.source("size"));
}

/// Reads a `preprocessor_config.json`.
/// Throws: `parse_error` naming file and key for another type or value, and for what is not supported.
[[nodiscard]] inline expert_description read_preprocessor_config(const json_object& file) {
  expert_description out;
  std::string name;
  for (const char* key : {"image_processor_type", "feature_extractor_type"}) {
    if (name.empty()) name = file.text(key).value_or("");
  }
  const image_processor_kind* const kind = find_image_processor(name);
  read_processor_preparation(file, kind, name.ends_with("Fast"), out.input);
  const float scale =
      !file.flag_or("do_rescale", true)
          ? 1.0F
          : file.number("rescale_factor", "a finite number other than 0", not_zero).value_or(1.0F / 255);
  out.input.scale.set(scale, file.source(file.contains("do_rescale") ? "do_rescale" : "rescale_factor"));
  const bool normalises = file.flag_or(
      "do_normalize", file.contains("image_mean") && (kind == nullptr || kind->name != "MobileViT"));
  std::array<float, 3> mean{0, 0, 0};
  std::array<float, 3> deviation{1, 1, 1};
  if (normalises) {
    const auto given_mean = file.channels("image_mean", "a finite number", any_number);
    const auto given_deviation = file.channels("image_std", "a finite number above 0", above_zero);
    if (!given_mean || !given_deviation)
      file.fail(given_mean ? "image_std" : "image_mean", "given, because do_normalize is true",
                std::string{"nothing"});
    mean = *given_mean;
    deviation = *given_deviation;
  }
  if (kind != nullptr && kind->name == "EfficientNet") {
    for (std::size_t c = 0; c < 3; ++c) {
      if (file.flag_or("rescale_offset", false)) mean[c] += 1;  // these networks take -1 to 1
      if (normalises && file.flag_or("include_top", true)) deviation[c] *= deviation[c];  // divided twice
    }
  }
  const std::string source = file.source(normalises ? "image_mean" : "do_normalize");
  out.input.mean.set(mean, source);
  out.input.deviation.set(deviation, normalises ? file.source("image_std") : source);
  const bool flips = file.flag_or("do_flip_channel_order", kind != nullptr && kind->flips_channels);
  out.input.order.set(flips ? channel_order::bgr : channel_order::rgb,
                      flips ? file.source("do_flip_channel_order") : source);
  return out;
}

/// Whether a name is a placeholder that Hugging Face's library writes for missing names.
[[nodiscard]] inline bool is_placeholder_label(std::string_view name) {
  return name.starts_with("LABEL_") && name.size() > 6 &&
         name.find_first_not_of("0123456789", 6) == std::string_view::npos;
}

/// Reads a `config.json` of Hugging Face: `id2label`, `problem_type`.
/// Throws: `parse_error` naming file and key if `id2label` is not an object of names with the keys 0, 1, ...
[[nodiscard]] inline expert_description read_hugging_face_config(const json_object& file) {
  expert_description out;
  if (const auto labels = file.object("id2label")) {
    const auto& members = *file.find("id2label");
    std::vector<std::string> names(members.size());
    for (const auto& [key, value] : members.items()) {
      std::size_t at = 0;
      const auto [end, problem] = std::from_chars(key.data(), key.data() + key.size(), at);
      if (problem != std::errc{} || end != key.data() + key.size() || at >= names.size() ||
          !names[at].empty() || std::to_string(at) != key) {
        file.fail("id2label", "an object with the keys 0 to " + std::to_string(names.size() - 1),
                  "the key " + in_quotes(key));
      }
      const auto name = labels->text(key);
      if (!name) labels->fail(key, "a name", value);
      require_head_name(file.file(), "id2label." + key, *name);
      names[at] = *name;
    }
    if (!names.empty()) out.labels.set(std::move(names), file.source("id2label"));
  }
  if (file.text("problem_type") == "multi_label_classification")
    out.output.activation.set(activation::sigmoid, file.source("problem_type"));
  for (const char* key : {"license", "licence"}) {
    if (auto licence = file.text(key)) out.licence.set(std::move(*licence), file.source(key));
  }
  return out;
}

}  // namespace mll::detail
