#pragma once

#include <mll/label/representation/image_folder.hpp>
#include <mll/label/representation/read_image.hpp>
#include <mll/model/description/expert_files.hpp>
#include <mll/model/description/read_expert_description.hpp>
#include <mll/model/head_names.hpp>
#include <mll/model/hub.hpp>
#include <mll/model/onnx/onnx_opencv.hpp>
#include <mll/model/onnx/prove_onnx_classifier.hpp>
#include <mll/store/content_hash.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "expert_report.hpp"
#include "store_entries.hpp"

namespace example {

/// Images and ONNX experts on disk: the samples of a node are FOLDER/<synset id>/<image>, an expert is
/// NAME.onnx or a model folder (`mll::expert_files`), with its labels and preparation beside it.
struct image_hub {
  using sample_type = cv::Mat;
  using model_type = decltype(mll::load_onnx_classifier(std::declval<const std::filesystem::path&>()));
  using samples_type = mll::image_folder;
  static constexpr const char* extension = ".onnx";

  template <class Graph>
  static samples_type read_samples(const std::filesystem::path& folder, const Graph& graph,
                                   std::vector<skipped_sample>& skipped) {
    samples_type out{folder,
                     graph,
                     {.unknown_node = mll::image_folder_policy::skip,
                      .check = mll::image_check::decode,
                      .reading = {.max_side = min_decoded_side, .keeps_aspect = true}}};
    for (const auto& each : out.skipped()) skipped.push_back({each.path, each.reason});
    return out;
  }

  /// Images are decoded at a size that does not depend on the experts, unless one of them needs more: else a
  /// new expert would change what the others see.
  static constexpr std::size_t min_decoded_side = 512;

  /// Twice the largest side of an expert's input, or that images have before a crop, as a power of two.
  static std::size_t decoded_side(const mll::hub<sample_type>& models) {
    std::size_t side = min_decoded_side / 2;
    for (const mll::model_id id : models.ids()) {
      const auto* model = models.model(id).template get_if<model_type>();
      if (model == nullptr) continue;
      const auto& input = model->options();
      side = std::max({side, input.width, input.height, input.preparation.short_side});
    }
    return 2 * std::bit_ceil(side);
  }
  static void fit(samples_type& samples, const mll::hub<sample_type>& models) {
    samples.set_max_side(decoded_side(models));
  }
  /// Notes about the samples that were read.
  static std::string remark(const samples_type& samples) {
    const auto found = samples.transparent();
    if (found.empty()) return {};
    return std::to_string(found.size()) + " images with transparent parts are put on white, such as " +
           found.front().string();
  }

  static std::string fingerprint(const samples_type& samples, mll::node_id v) {
    mll::content_hash out;
    for (std::size_t i = 0; i < samples.sample_count(v); ++i)
      out.add(mll::content_hash::of_file(samples.file(v, i)));
    return out.text();
  }

  /// Throws: `parse_error` if the path is neither an ONNX file nor a model folder.
  static expert_place find(const std::filesystem::path& path) {
    std::error_code unknown;
    if (!std::filesystem::is_directory(path, unknown) && path.extension() != extension)
      throw mll::parse_error{path.string(), 0, "extension .onnx, or a model folder",
                             "'" + path.extension().string() + "'"};
    const auto files = mll::expert_files::find(path);
    return {files.name, files.model};
  }

  /// The samples in a file: one image.
  static std::vector<sample_type> read_file(const std::filesystem::path& file) {
    return {mll::read_image(file)};
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

  static std::uint64_t parameter_count(const std::filesystem::path&) { return 0; }  // unknown
};

}  // namespace example
