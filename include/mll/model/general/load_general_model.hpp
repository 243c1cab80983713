// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/io/map_file.hpp"
#include "mll/model/description/detail/hugging_face_json.hpp"
#include "mll/model/description/detail/json_object.hpp"
#include "mll/model/description/detail/mll_json.hpp"
#include "mll/model/description/expert_description.hpp"
#include "mll/model/general/detail/embedding_output.hpp"
#include "mll/model/general/detail/general_files.hpp"
#include "mll/model/general/detail/prompted_embedder.hpp"
#include "mll/model/general/onnx_text_embedder.hpp"
#include "mll/model/general_model.hpp"
#include "mll/model/onnx/onnx_general_model.hpp"
#include "mll/model/onnx/onnx_session_cache.hpp"

namespace mll {

namespace detail {

/// The preparation that open_clip writes: `mean`, `std`, `interpolation`, `resize_mode`, and the side of the
/// image. Throws: `parse_error` naming file and key for what is not supported.
[[nodiscard]] inline expert_description read_open_clip_config(const std::filesystem::path& path) {
  const auto tree = json_object::parse(path);
  const json_object file{path.string(), tree};
  const auto nested = file.object("preprocess_cfg");
  const json_object& config = nested ? *nested : file;
  expert_description out;
  const auto take_size = [&](const json_object& of, const char* key) {
    const auto* const found = of.find(key);
    if (found == nullptr || out.input.width) return;
    const bool is_pair = found->is_array() && found->size() == 2;
    out.input.height.set(of.to_pixels(key, is_pair ? (*found)[0] : *found), of.source(key));
    out.input.width.set(of.to_pixels(key, is_pair ? (*found)[1] : *found), of.source(key));
  };
  take_size(config, "size");
  if (const auto model = file.object("model_cfg")) {
    if (const auto vision = model->object("vision_cfg")) take_size(*vision, "image_size");
  }
  // open_clip's defaults are those of OpenAI's CLIP.
  out.input.mean.set(config.channels("mean", "a finite number", any_number)
                         .value_or(std::array{0.48145466F, 0.4578275F, 0.40821073F}),
                     config.source("mean"));
  out.input.deviation.set(config.channels("std", "a finite number above 0", above_zero)
                              .value_or(std::array{0.26862954F, 0.26130258F, 0.27577711F}),
                          config.source("std"));
  out.input.scale.set(1.0F / 255, config.source("mean"));
  out.input.order.set(channel_order::rgb, config.source("mean"));
  image_preparation preparation{.fit = image_fit::crop, .interpolation = interpolation::bicubic};
  if (const auto kind = config.choice<interpolation>(
          "interpolation", {{"bicubic", interpolation::bicubic}, {"bilinear", interpolation::bilinear}}))
    preparation.interpolation = *kind;
  if (const auto mode = config.choice<image_fit>(
          "resize_mode", {{"shortest", image_fit::crop}, {"squash", image_fit::stretch}}))
    preparation.fit = *mode;
  out.input.preparation.set(preparation, config.source("resize_mode"));
  return out;
}

/// `exp(logit_scale)` of a safetensors file, if it has that number in single precision.
/// Throws: `parse_error` naming the file if it is damaged.
[[nodiscard]] inline std::optional<float> read_logit_scale(const std::filesystem::path& path) {
  const file_bytes file = map_file(path);
  const auto refuse = [&](const char* found) -> parse_error {
    return {path.string(), 0, "a safetensors file", found};
  };
  std::uint64_t header = 0;
  if (file.content.size() < sizeof header) throw refuse("a shorter file");
  std::memcpy(&header, file.content.data(), sizeof header);
  constexpr std::uint64_t max_header = std::uint64_t{100} << 20U;
  if (header > max_header || header > file.content.size() - sizeof header) throw refuse("another length");
  const char* const begin = reinterpret_cast<const char*>(file.content.data()) + sizeof header;
  const auto tree = nlohmann::json::parse(begin, begin + header, nullptr, false);
  if (!tree.is_object()) throw refuse("a header that is not JSON");
  const auto entry = tree.find("logit_scale");
  if (entry == tree.end() || !entry->is_object() || entry->value("dtype", nlohmann::json{}) != "F32")
    return std::nullopt;
  const auto offsets = entry->find("data_offsets");
  if (offsets == entry->end() || !offsets->is_array() || offsets->size() != 2 ||
      !(*offsets)[0].is_number_unsigned())
    throw refuse("a logit_scale without offsets");
  const std::uint64_t at = (*offsets)[0].get<std::uint64_t>();
  const std::uint64_t left = file.content.size() - sizeof header - header;
  if (left < sizeof(float) || at > left - sizeof(float)) throw refuse("a logit_scale beyond its end");
  float value = 0;
  std::memcpy(&value, begin + header + at, sizeof value);
  return std::exp(value);
}

}  // namespace detail

/// What a folder says of a general model besides its encoders.
struct general_description {
  expert_description image = {};          ///< preparation of images
  std::filesystem::path tokenizer = {};   ///< file
  std::vector<std::string> prompts = {};  ///< empty: "a photo of a {}"
  std::optional<float> scale = {};        ///< factor of the cosines, `exp(logit_scale)`
  std::string scale_source = {};          ///< file and key
  std::size_t dimension = 0;              ///< of the embeddings; 0: not told

  /// Reads `mll.json` (keys `input`, `prompts`, `scale`, `tokenizer`, `licence`; unknown ones are refused by
  /// name), `preprocessor_config.json`, `open_clip_config.json`, `config.json` (`projection_dim`) and
  /// `logit_scale` of `model.safetensors`; what several of them give is taken from the first.
  /// Throws: `parse_error` naming file and key.
  [[nodiscard]] static general_description read(const general_files& files) {
    using detail::json_object;
    general_description out;
    out.tokenizer = files.tokenizer;
    if (!files.mll_json.empty()) {
      const auto tree = json_object::parse(files.mll_json);
      const json_object file{files.mll_json.string(), tree};
      file.require_keys({"$schema", "input", "prompts", "scale", "tokenizer", "licence"});
      if (const auto input = file.object("input")) detail::read_mll_input(*input, out.image.input);
      if (auto prompts = file.names("prompts")) {
        for (const auto& each : *prompts) {
          if (each.find("{}") == std::string::npos)
            file.fail("prompts", "sentences with {} for the name of the class", detail::in_quotes(each));
        }
        out.prompts = std::move(*prompts);
      }
      if (const auto scale = file.number("scale", "a finite number above 0", detail::above_zero)) {
        out.scale = scale;
        out.scale_source = file.source("scale");
      }
      if (const auto tokenizer = file.text("tokenizer"))
        out.tokenizer = files.mll_json.parent_path() / *tokenizer;
    }
    if (!files.preprocessor.empty()) {
      const auto tree = json_object::parse(files.preprocessor);
      out.image.complete(detail::read_preprocessor_config({files.preprocessor.string(), tree}));
    }
    if (!files.open_clip.empty()) out.image.complete(detail::read_open_clip_config(files.open_clip));
    if (!files.config.empty()) {
      const auto tree = json_object::parse(files.config);
      const json_object file{files.config.string(), tree};
      out.dimension = file.pixels("projection_dim").value_or(0);
    }
    if (!out.scale && !files.weights.empty()) {
      out.scale = detail::read_logit_scale(files.weights);
      out.scale_source = files.weights.string() + ": logit_scale";
    }
    return out;
  }
};

namespace detail {

/// How the image encoder is fed, and the output that holds the embeddings.
[[nodiscard]] inline onnx_options image_encoder_options(const general_files& files,
                                                        const general_description& described) {
  onnx_options out = described.image.options();
  if (out.output_name.empty())
    out.output_name = embedding_output(files.image.string(), read_onnx_header(files.image), "image_embeds");
  return out;
}
/// The width of the embeddings; 0 if neither the folder nor the encoder tells it.
[[nodiscard]] inline std::size_t image_encoder_width(const general_files& files,
                                                     const general_description& described,
                                                     const onnx_options& images) {
  if (described.dimension != 0) return described.dimension;
  const auto header = read_onnx_header(files.image);
  for (const auto& each : header.outputs) {
    if (each.name == images.output_name) return declared_width(header, each);
  }
  return 0;
}

}  // namespace detail

/// A general model of two ONNX files with prompts; see `load_general_model`.
using clip_model = onnx_general_model<prompted_embedder<onnx_text_embedder>>;

/// Loads a general model, such as an exported CLIP, from its folder: see `general_files` and
/// `general_description`. Components `mll::opencv` and `mll::onnxruntime`.
///
/// @code
/// const auto clip = mll::load_general_model("clip-vit-base-patch32");
/// const auto of_clip = mll::label_general_model(clip, samples, labels.samples(), graph);
/// @endcode
///
/// @param[in] prompts sentences with `{}` for the text; empty: as the folder says, else "a photo of a {}"
/// @param[in] cache   holds the loaded networks; null: `onnx_session_cache::shared()`
///
/// Throws: `parse_error` naming file and key for what is missing or not supported; as the constructors of
/// `onnx_general_model` and `onnx_text_embedder`.
[[nodiscard]] inline clip_model load_general_model(const std::filesystem::path& folder,
                                                   std::vector<std::string> prompts = {},
                                                   std::shared_ptr<onnx_session_cache> cache = nullptr) {
  const auto files = general_files::find(folder);
  const auto described = general_description::read(files);
  if (prompts.empty()) prompts = described.prompts;
  if (prompts.empty()) prompts = {"a photo of a {}"};
  const onnx_options images = detail::image_encoder_options(files, described);
  const std::size_t dimension = detail::image_encoder_width(files, described, images);
  onnx_text_embedder texts{files.text, {.tokenizer = described.tokenizer}, dimension, cache};
  return clip_model{files.image, prompted_embedder<onnx_text_embedder>{std::move(texts), std::move(prompts)},
                    images, std::move(cache), described.scale};
}

}  // namespace mll
