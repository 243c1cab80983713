// What examples/hub_tool reads from disk: representation samples in folders, and experts in files.
#pragma once

#include <mll/core/io/npy.hpp>
#include <mll/mll.hpp>
#include <mll/store/content_hash.hpp>
#include <mll/store/store_entries.hpp>

#if MLL_TEST_OPENCV
#include <mll/label/representation/image_folder.hpp>
#include <mll/model/onnx/onnx_opencv.hpp>
#endif

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace hub_tool {

namespace fs = std::filesystem;

/// A hub whose samples are vectors, such as embeddings: `FOLDER/<synset id>.npy` holds the samples of a node,
/// float32 `[samples, dimension]`; `NAME.npy` a linear classifier, float32 `[heads, dimension + 1]` with the
/// bias in the last column, and `NAME.labels.txt` its head names, one a line. Scores are the softmax.
struct vector_hub {
  using sample_type = Eigen::VectorXf;
  using samples_type = mll::representation_table<sample_type>;
  static constexpr const char* ending = ".npy";

  template <class Graph>
  static samples_type read_samples(const fs::path& folder, const Graph& graph,
                                   std::vector<std::string>& left_out) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{folder}) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    samples_type out;
    for (const fs::path& file : files) {
      const auto node = graph.find(file.stem().string());
      if (file.extension() != ending || !node) {
        left_out.push_back(file.string() + ": no .npy file of a node of the graph");
        continue;
      }
      const auto values = mll::read_npy(file);
      std::vector<sample_type> samples;
      for (Eigen::Index r = 0; r < values.rows(); ++r) samples.emplace_back(values.row(r).transpose());
      out.add(*node, std::move(samples));
    }
    return out;
  }
  static std::string content_of(const samples_type& samples, mll::node_id v) {
    mll::content_hash out;
    for (const auto& sample : samples.samples(v))
      out.add(std::as_bytes(std::span{sample.data(), static_cast<std::size_t>(sample.size())}));
    return out.text();
  }
  static auto load(const fs::path& file, const mll::onnx_options&) {
    const auto weights = mll::read_npy(file);
    if (weights.cols() < 2)
      throw mll::parse_error{file.string(), 0, "weights and a bias for each head", "one column"};
    return mll::linear_classifier<>{mll::read_head_names(mll::head_names_file(file)),
                                    weights.leftCols(weights.cols() - 1), weights.col(weights.cols() - 1)};
  }
  static std::uint64_t parameters_of(const fs::path& file) {
    return static_cast<std::uint64_t>(mll::read_npy(file).size());
  }
};

#if MLL_TEST_OPENCV
/// A hub whose samples are images: `FOLDER/<synset id>/<image>`; `NAME.onnx` is an expert, and
/// `NAME.labels.txt` its head names.
struct image_hub {
  using sample_type = cv::Mat;
  using samples_type = mll::image_folder;
  static constexpr const char* ending = ".onnx";

  template <class Graph>
  static samples_type read_samples(const fs::path& folder, const Graph& graph,
                                   std::vector<std::string>& left_out) {
    samples_type out{
        folder, graph, {.unknown_node = mll::image_folder_policy::skip, .check = mll::image_check::decode}};
    for (const auto& each : out.skipped()) left_out.push_back(each.path.string() + ": " + each.reason);
    return out;
  }
  static std::string content_of(const samples_type& samples, mll::node_id v) {
    mll::content_hash out;
    for (std::size_t i = 0; i < samples.sample_count(v); ++i)
      out.add(mll::content_hash::of_file(samples.file(v, i)));
    return out.text();
  }
  static auto load(const fs::path& file, const mll::onnx_options& options) {
    return mll::load_onnx_classifier(file, options);
  }
  static std::uint64_t parameters_of(const fs::path&) { return 0; }  // the file does not say
};
#endif

/// The samples as a store is told of them.
template <class Kind, class Graph>
std::vector<mll::stored_node> describe(const typename Kind::samples_type& samples, const Graph& graph) {
  std::vector<mll::stored_node> out;
  for (const mll::node_id v : samples.nodes())
    out.push_back({graph[v].id, samples.sample_count(v), Kind::content_of(samples, v)});
  return out;
}

/// An expert as a store is told of it; `settings` is what else its answers depend on.
template <class Model>
mll::stored_model describe(const fs::path& file, const Model& model, const std::string& settings,
                           std::uint64_t parameters) {
  mll::stored_model out;
  out.name = file.stem().string();
  out.file = fs::absolute(file).lexically_normal().string();
  out.fingerprint = mll::content_hash{}.add(mll::content_hash::of_file(file)).add(settings).text();
  for (std::size_t h = 0; h < model.head_count(); ++h) out.heads.push_back(model.head_name(h));
  out.parameters = parameters;
  out.bytes = fs::file_size(file);
  return out;
}

}  // namespace hub_tool
