// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <mll/label/representation/image_folder.hpp>
#include <mll/label/representation/read_image.hpp>
#include <mll/model/hub.hpp>
#include <mll/model/onnx/onnx_opencv.hpp>
#include <mll/store/content_hash.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "backend.hpp"
#include "onnx_experts.hpp"
#include "store_entries.hpp"

namespace example {

/// Images and ONNX experts on disk: the samples of a node are FOLDER/<synset id>/<image>, an expert is
/// NAME.onnx or a model folder (`mll::expert_files`), with its labels and preparation beside it.
struct image_hub : onnx_experts<cv::Mat> {
  using sample_type = cv::Mat;
  using samples_type = mll::image_folder;

  template <class Graph>
  static samples_type read_samples(const std::filesystem::path& folder, const Graph& graph,
                                   std::vector<skipped_sample>& skipped) {
    const example_backend backend;
    samples_type out{folder,
                     graph,
                     {.unknown_node = mll::image_folder_policy::skip,
                      .check = mll::image_check::decode,
                      .backend = backend,
                      .reading = reading(min_decoded_side)}};
    for (const auto& each : out.skipped()) skipped.push_back({each.path, each.reason});
    return out;
  }

  /// Images are decoded at a size that does not depend on the experts, unless one of them needs more: else a
  /// new expert would change what the others see.
  static constexpr std::size_t min_decoded_side = 512;

  /// How images are decoded: those of tasks as those of nodes.
  static mll::read_image_options reading(std::size_t max_side) {
    return {.max_side = max_side, .keeps_aspect = true};
  }
  static std::size_t bytes_of(const cv::Mat& image) { return image.total() * image.elemSize(); }

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
    constexpr std::size_t listed = 20;
    std::string out =
        std::to_string(found.size()) +
        (found.size() == 1 ? " image with transparent pixels is" : " images with transparent pixels are") +
        " put on white:";
    for (std::size_t i = 0; i < std::min(listed, found.size()); ++i) out += ' ' + found[i].string();
    return found.size() > listed ? out + " and others" : out;
  }

  static std::string fingerprint(const samples_type& samples, mll::node_id v) {
    mll::content_hash out;
    for (std::size_t i = 0; i < samples.sample_count(v); ++i)
      out.add(mll::content_hash::of_file(samples.file(v, i)));
    return out.text();
  }

  /// The samples in a file: one image.
  static std::vector<sample_type> read_file(const std::filesystem::path& file) {
    return {mll::read_image(file)};
  }

  static std::uint64_t parameter_count(const std::filesystem::path&) { return 0; }  // unknown
};

}  // namespace example
