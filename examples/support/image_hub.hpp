#pragma once

#include <mll/label/representation/image_folder.hpp>
#include <mll/model/onnx/onnx_opencv.hpp>
#include <mll/store/content_hash.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace example {

/// Images and ONNX experts on disk: the samples of a node are FOLDER/<synset id>/<image>, an expert is
/// NAME.onnx with its head names in NAME.labels.txt.
struct image_hub {
  using sample_type = cv::Mat;
  using samples_type = mll::image_folder;
  static constexpr const char* extension = ".onnx";

  template <class Graph>
  static samples_type read_samples(const std::filesystem::path& folder, const Graph& graph,
                                   std::vector<std::string>& skipped) {
    samples_type out{
        folder, graph, {.unknown_node = mll::image_folder_policy::skip, .check = mll::image_check::decode}};
    for (const auto& each : out.skipped()) skipped.push_back(each.path.string() + ": " + each.reason);
    return out;
  }

  static std::string fingerprint(const samples_type& samples, mll::node_id v) {
    mll::content_hash out;
    for (std::size_t i = 0; i < samples.sample_count(v); ++i)
      out.add(mll::content_hash::of_file(samples.file(v, i)));
    return out.text();
  }

  static auto load(const std::filesystem::path& file, const mll::onnx_options& options) {
    return mll::load_onnx_classifier(file, options);
  }

  static std::uint64_t parameter_count(const std::filesystem::path&) { return 0; }  // unknown
};

}  // namespace example
