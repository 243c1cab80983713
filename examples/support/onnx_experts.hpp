// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// ONNX experts on disk, for samples of any type: NAME.onnx or a model folder, described as docs/experts.md
// says.
#pragma once

#include <mll/core/error.hpp>
#include <mll/model/description/expert_files.hpp>
#include <mll/model/description/read_expert_description.hpp>
#include <mll/model/head_names.hpp>
#include <mll/model/onnx/onnx_classifier.hpp>
#include <mll/model/onnx/prove_onnx_classifier.hpp>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "expert_report.hpp"
#include "store_entries.hpp"

namespace example {

/// @tparam Sample of `mll::onnx_classifier`
template <class Sample>
struct onnx_experts {
  using model_type = mll::onnx_classifier<Sample>;
  static constexpr const char* extension = ".onnx";

  /// Throws: `parse_error` if the path is neither an ONNX file nor a model folder.
  static expert_place find(const std::filesystem::path& path) {
    std::error_code unknown;
    if (!std::filesystem::is_directory(path, unknown) && path.extension() != extension)
      throw mll::parse_error{path.string(), 0, "extension .onnx, or a model folder",
                             "'" + path.extension().string() + "'"};
    const auto files = mll::expert_files::find(path);
    return {files.name, files.model};
  }

  /// Throws: `error` naming the file that is wrong.
  static model_type load(const std::filesystem::path& file, const mll::onnx_options& defaults) {
    const auto files = mll::expert_files::find(file);
    const auto description = mll::read_expert_description(files);
    const std::string source = description.labels ? description.labels.source : "";
    // Without labels, the file that is missing is the one that is easiest to write.
    auto labels = description.labels ? *description.labels : mll::read_head_names(mll::head_names_file(file));
    try {
      return {file, std::move(labels), description.options(defaults)};
    } catch (const mll::invalid_argument& problem) {
      if (problem.argument() != "head_names") throw;
      throw mll::error{source + std::string{problem.what()}.substr(problem.argument().size())};
    }
  }

  /// Throws: `model_error` if the model cannot be run safely.
  static void prove(const model_type& model) { mll::prove_onnx_classifier(model); }

  /// How the expert is run, and where that was read.
  static expert_report report(const std::filesystem::path& file, const model_type& model) {
    return describe_expert(mll::read_expert_description(mll::expert_files::find(file)), model);
  }
};

}  // namespace example
