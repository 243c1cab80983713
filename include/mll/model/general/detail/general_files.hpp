// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <system_error>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/model/description/expert_files.hpp"

namespace mll {

/// The files of a general model: an image encoder, a text encoder, and what describes them.
///
/// | | Hugging Face | open_clip |
/// |---|---|---|
/// | encoders | `vision_model.onnx`, `text_model.onnx` in FOLDER or FOLDER/onnx | `visual.onnx`,
/// `textual.onnx`, or `visual/model.onnx`, `textual/model.onnx` | | tokenizer | `tokenizer.json`, or
/// `vocab.json` and `merges.txt` | the same, also in `textual/` | | preparation | `preprocessor_config.json`
/// | `open_clip_config.json`, or `visual/preprocess_cfg.json` |
///
/// `image_encoder.onnx` and `text_encoder.onnx` are found as well.
struct general_files {
  std::filesystem::path folder = {};
  std::filesystem::path image = {};  ///< ONNX file
  std::filesystem::path text = {};   ///< ONNX file
  std::filesystem::path tokenizer = {};
  std::filesystem::path mll_json = {};      ///< ours; empty if there is none, as below
  std::filesystem::path config = {};        ///< `config.json` of Hugging Face
  std::filesystem::path preprocessor = {};  ///< `preprocessor_config.json`
  std::filesystem::path open_clip = {};     ///< `open_clip_config.json` or `preprocess_cfg.json`
  std::filesystem::path weights = {};       ///< `model.safetensors`, of which the temperature is read

  /// Everything that the embeddings depend on, without weights beside the ONNX files.
  [[nodiscard]] std::vector<std::filesystem::path> all() const {
    std::vector<std::filesystem::path> out{image, text};
    for (const auto& each : expert_files::with_companions(tokenizer)) out.push_back(each);
    for (const auto& each : descriptions()) out.push_back(each);
    return out;
  }
  /// What describes the encoders.
  [[nodiscard]] std::vector<std::filesystem::path> descriptions() const {
    std::vector<std::filesystem::path> out;
    for (const auto& each : {mll_json, config, preprocessor, open_clip}) {
      if (!each.empty()) out.push_back(each);
    }
    return out;
  }

  /// Throws: `parse_error` naming the path if it is not a folder, or an encoder or the tokenizer is missing.
  [[nodiscard]] static general_files find(const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    std::error_code unknown;
    if (!fs::is_directory(folder, unknown))
      throw parse_error{folder.string(), 0, "a folder with an image encoder and a text encoder",
                        fs::exists(folder, unknown) ? "a file" : "nothing"};
    general_files out{.folder = folder};
    const auto take = [&](fs::path& to, std::initializer_list<const char*> names) {
      take_first(to, folder, names);
    };
    take(out.image, {"vision_model.onnx", "onnx/vision_model.onnx", "visual.onnx", "onnx/visual.onnx",
                     "visual/model.onnx", "image_encoder.onnx"});
    take(out.text, {"text_model.onnx", "onnx/text_model.onnx", "textual.onnx", "onnx/textual.onnx",
                    "textual/model.onnx", "text_encoder.onnx"});
    take(out.tokenizer, {"tokenizer.json", "vocab.json", "textual/tokenizer.json", "textual/vocab.json",
                         "tokenizer/tokenizer.json", "tokenizer/vocab.json"});
    out.take_descriptions(folder);
    take(out.weights, {"model.safetensors"});
    if (out.image.empty() || out.text.empty()) {
      const char* found = out.image.empty() && out.text.empty() ? "neither"
                          : out.image.empty()                   ? "no image encoder"
                                                                : "no text encoder";
      throw parse_error{folder.string(), 0,
                        "vision_model.onnx and text_model.onnx (or visual.onnx and textual.onnx)", found};
    }
    if (out.tokenizer.empty())
      throw parse_error{folder.string(), 0, "tokenizer.json, or vocab.json and merges.txt", "neither"};
    return out;
  }

  /// The image encoder in a file, with what describes it in the same folder. Without a text encoder.
  [[nodiscard]] static general_files of_image(const std::filesystem::path& file) {
    general_files out{.folder = file.parent_path(), .image = file};
    out.take_descriptions(out.folder);
    return out;
  }

 private:
  static void take_first(std::filesystem::path& to, const std::filesystem::path& folder,
                         std::initializer_list<const char*> names) {
    std::error_code unknown;
    for (const char* name : names) {
      if (to.empty() && std::filesystem::exists(folder / name, unknown)) to = folder / name;
    }
  }
  void take_descriptions(const std::filesystem::path& from) {
    take_first(mll_json, from, {"mll.json"});
    take_first(config, from, {"config.json"});
    take_first(preprocessor, from, {"preprocessor_config.json"});
    take_first(open_clip, from,
               {"open_clip_config.json", "visual/preprocess_cfg.json", "preprocess_cfg.json"});
  }
};

}  // namespace mll
