// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"

namespace mll {

/// The files of one expert.
///
/// An expert is an ONNX file, or a model folder: one with `model.onnx`, `onnx/model.onnx`, or a single ONNX
/// file. Files such as `config.json` describe the expert if its file is `model.onnx` or the only ONNX file of
/// the folder; those with its name (`NAME.mll.json`) always do.
struct expert_files {
  std::string name = {};                ///< of the folder, or of the file without its extension
  std::filesystem::path model = {};     ///< the ONNX file
  std::filesystem::path mll_json = {};  ///< `NAME.mll.json`, or `mll.json`; empty if there is none, as below
  std::filesystem::path config = {};    ///< `config.json` of Hugging Face or timm
  std::filesystem::path preprocessor = {};  ///< `preprocessor_config.json` of Hugging Face
  std::filesystem::path tokenizer = {};     ///< `tokenizer.json`, `vocab.json` or `vocab.txt`
  std::filesystem::path head_names = {};    ///< `NAME.labels.txt`, or `labels.txt`

  /// All that describes the expert, without the head names; a tokenizer with its configuration and merges.
  [[nodiscard]] std::vector<std::filesystem::path> descriptions() const {
    std::vector<std::filesystem::path> out;
    for (const auto& each : {mll_json, config, preprocessor}) {
      if (!each.empty()) out.push_back(each);
    }
    for (const auto& each : with_companions(tokenizer)) out.push_back(each);
    return out;
  }
  /// A tokenizer's file with those that lie beside it; nothing for an empty path.
  [[nodiscard]] static std::vector<std::filesystem::path> with_companions(
      const std::filesystem::path& tokenizer) {
    std::vector<std::filesystem::path> out;
    if (tokenizer.empty()) return out;
    out.push_back(tokenizer);
    std::error_code unknown;
    for (const char* name : {"tokenizer_config.json", "merges.txt"}) {
      const auto each = tokenizer.parent_path() / name;
      if (std::filesystem::exists(each, unknown)) out.push_back(each);
    }
    return out;
  }

  /// Finds the files of an expert.
  /// @param[in] path an ONNX file or a model folder
  /// Throws: `parse_error` naming the path if it is neither, or a folder with several ONNX files.
  /// Complexity: a few look-ups; linear in the files of the folder if it has descriptions for all.
  [[nodiscard]] static expert_files find(const std::filesystem::path& path) {
    namespace fs = std::filesystem;
    std::error_code unknown;
    expert_files out;
    out.model = path;
    if (fs::is_directory(path, unknown)) {
      out.model = path / "model.onnx";
      if (!fs::exists(out.model, unknown)) out.model = path / "onnx" / "model.onnx";
      if (!fs::exists(out.model, unknown)) {
        const auto models = onnx_files(path);
        if (models.size() != 1) {
          throw parse_error{path.string(), 0, "a model folder, with model.onnx or a single ONNX file",
                            models.empty() ? "a folder without ONNX files"
                                           : std::to_string(models.size()) + " ONNX files, such as " +
                                                 models.front().filename().string()};
        }
        out.model = models.front();
      }
      out.name = name_of(path);
    } else {
      out.name = out.model.stem().string();
      if (out.name == "model") out.name = name_of(model_folder(out.model));
    }
    const fs::path own = out.model.parent_path();
    const std::string stem = out.model.stem().string();
    const auto take = [&](fs::path& to, const fs::path& file) {
      if (to.empty() && fs::exists(fs::symlink_status(file, unknown))) to = file;
    };
    take(out.mll_json, own / (stem + ".mll.json"));
    take(out.head_names, own / (stem + ".labels.txt"));
    expert_files shared;
    for (const fs::path& folder : {own, model_folder(out.model)}) {
      take(shared.mll_json, folder / "mll.json");
      take(shared.config, folder / "config.json");
      take(shared.preprocessor, folder / "preprocessor_config.json");
      for (const char* name : {"tokenizer.json", "vocab.json", "vocab.txt"})
        take(shared.tokenizer, folder / name);
      take(shared.head_names, folder / "labels.txt");
    }
    const bool is_any = !shared.mll_json.empty() || !shared.config.empty() || !shared.preprocessor.empty() ||
                        !shared.tokenizer.empty() || !shared.head_names.empty();
    if (!is_any || (stem != "model" && onnx_files(own, 2).size() != 1)) return out;
    if (out.mll_json.empty()) out.mll_json = shared.mll_json;
    if (out.head_names.empty()) out.head_names = shared.head_names;
    out.config = shared.config;
    out.preprocessor = shared.preprocessor;
    out.tokenizer = shared.tokenizer;
    return out;
  }

 private:
  /// At most `count` of them.
  static std::vector<std::filesystem::path> onnx_files(const std::filesystem::path& folder,
                                                       std::size_t count = SIZE_MAX) {
    namespace fs = std::filesystem;
    std::vector<fs::path> out;
    std::error_code unlisted;
    fs::directory_iterator next{folder.empty() ? "." : folder, unlisted};
    for (; !unlisted && next != fs::directory_iterator{} && out.size() < count; next.increment(unlisted)) {
      if (next->path().extension() == ".onnx") out.push_back(next->path());
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  /// The folder of a model; Hugging Face's optimum writes `FOLDER/onnx/model.onnx`.
  static std::filesystem::path model_folder(const std::filesystem::path& model) {
    const auto own = std::filesystem::absolute(model).lexically_normal().parent_path();
    return own.filename() == "onnx" ? own.parent_path() : model.parent_path();
  }
  static std::string name_of(const std::filesystem::path& folder) {
    const auto full = std::filesystem::absolute(folder.empty() ? "." : folder).lexically_normal();
    return (full.has_filename() ? full : full.parent_path()).filename().string();
  }
};

}  // namespace mll
