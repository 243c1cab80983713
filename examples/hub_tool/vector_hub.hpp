// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <mll/core/error.hpp>
#include <mll/core/io/npy_rows.hpp>
#include <mll/label/representation/representation_table.hpp>
#include <mll/model/any_classifier.hpp>
#include <mll/model/head_names.hpp>
#include <mll/model/hub.hpp>
#include <mll/model/linear_classifier.hpp>
#include <mll/model/onnx/onnx_options.hpp>
#include <mll/store/content_hash.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "../support/entries_of.hpp"
#include "../support/expert_report.hpp"
#include "../support/store_entries.hpp"
#if MLL_TEST_ONNXRUNTIME
#include <mll/model/onnx/onnx_vectors.hpp>

#include "../support/onnx_experts.hpp"
#endif

namespace hub_tool {

/// Vectors (such as embeddings) and their experts on disk. The samples of a node are FOLDER/<synset id>.npy,
/// `[samples, dimension]`. An expert is an ONNX file or a model folder; or a linear classifier NAME.npy,
/// `[heads, dimension + 1]` with the bias in the last column and head names in NAME.labels.txt, whose scores
/// are the softmax. Numbers are those that `mll::npy_rows` reads.
struct vector_hub {
  using sample_type = Eigen::VectorXf;
  using samples_type = mll::representation_table<sample_type>;
  using model_type = mll::any_classifier<sample_type>;
  static constexpr const char* extension = ".npy";

  template <class Graph>
  static samples_type read_samples(const std::filesystem::path& folder, const Graph& graph,
                                   std::vector<example::skipped_sample>& skipped) {
    struct read_file {
      std::filesystem::path file;
      mll::node_id node;
      std::vector<sample_type> samples;
    };
    std::vector<read_file> found;
    std::map<Eigen::Index, std::size_t> files_of;  // by the length of their samples
    std::error_code unknown;
    for (const auto& file : example::entries_of(folder)) {
      const auto node = graph.find(file.stem().string());
      if (file.extension() != extension || !node || !std::filesystem::is_regular_file(file, unknown)) {
        skipped.push_back({file, "not a .npy file named after a node of the graph"});
        continue;
      }
      try {
        const auto values = mll::npy_rows{file}.all();
        if (values.size() == 0) throw mll::parse_error{file.string(), 0, "samples", "none"};
        std::vector<sample_type> samples;
        for (Eigen::Index r = 0; r < values.rows(); ++r) {
          samples.emplace_back(values.row(r).transpose());
          if (samples.back().array().isFinite().all()) continue;
          throw mll::parse_error{file.string(), 0, "finite numbers",
                                 "NaN or infinity in row " + std::to_string(r)};
        }
        ++files_of[values.cols()];
        found.push_back({file, *node, std::move(samples)});
      } catch (const mll::error& damaged) {
        skipped.push_back({file, damaged.what()});
      }
    }
    // Experts fail on samples of several lengths: one file must not cost the others their labels.
    const auto usual = std::max_element(files_of.begin(), files_of.end(),
                                        [](const auto& a, const auto& b) { return a.second < b.second; });
    samples_type out;
    for (auto& each : found) {
      const Eigen::Index length = each.samples.front().size();
      if (length == usual->first) {
        out.add(each.node, std::move(each.samples));
      } else {
        skipped.push_back({each.file, "expected samples of length " + std::to_string(usual->first) +
                                          ", as in most files, found " + std::to_string(length)});
      }
    }
    return out;
  }

  static std::string fingerprint(const samples_type& samples, mll::node_id v) {
    mll::content_hash out;
    for (const auto& sample : samples.samples(v))
      out.add(std::as_bytes(std::span{sample.data(), static_cast<std::size_t>(sample.size())}));
    return out.text();
  }

  /// Throws: `parse_error` for a file of another kind.
  static model_type load(const std::filesystem::path& file, const mll::onnx_options& options) {
    if (file.extension() != extension) return load_onnx(file, options);
    const auto weights = mll::npy_rows{file}.all();
    if (weights.cols() < 2)
      throw mll::parse_error{file.string(), 0, "weights and a bias per head", "one column"};
    return mll::linear_classifier<>{mll::read_head_names(mll::head_names_file(file)),
                                    weights.leftCols(weights.cols() - 1), weights.col(weights.cols() - 1)};
  }

  /// Throws: `parse_error` for a file with another extension.
  static example::expert_place find(const std::filesystem::path& path) {
    if (path.extension() == extension) return {path.stem().string(), path};
#if MLL_TEST_ONNXRUNTIME
    return onnx::find(path);
#else
    throw not_an_expert(path);
#endif
  }

  /// The samples in a file: the rows of a table.
  static std::vector<sample_type> read_file(const std::filesystem::path& file) {
    const auto values = mll::npy_rows{file}.all();
    std::vector<sample_type> out;
    for (Eigen::Index r = 0; r < values.rows(); ++r) out.emplace_back(values.row(r).transpose());
    return out;
  }

  static example::expert_report report(const std::filesystem::path& file, const model_type& model) {
#if MLL_TEST_ONNXRUNTIME
    if (const auto* network = model.get_if<onnx::model_type>()) return onnx::report(file, *network);
#endif
    static_cast<void>(model);
    return {"linear classifier", "vector", "", "softmax", {{"labels", mll::head_names_file(file).string()}}};
  }

  /// Throws: `model_error` if an ONNX file cannot be run safely.
  static void prove(const model_type& model) {
#if MLL_TEST_ONNXRUNTIME
    if (const auto* network = model.get_if<onnx::model_type>()) onnx::prove(*network);
#endif
    static_cast<void>(model);
  }

  // What an image hub must do, and vectors need not: see `image_hub`.
  static void fit(const samples_type&, const mll::hub<sample_type>&) {}
  static std::string remark(const samples_type&) { return {}; }

  static std::uint64_t parameter_count(const std::filesystem::path& file) {
    return file.extension() == extension ? parameters_of(mll::npy_rows{file}) : 0;
  }

 private:
  static std::uint64_t parameters_of(const mll::npy_rows& weights) {
    return weights.size() * weights.columns();
  }
#if MLL_TEST_ONNXRUNTIME
  using onnx = example::onnx_experts<sample_type>;
  static model_type load_onnx(const std::filesystem::path& file, const mll::onnx_options& options) {
    return onnx::load(file, options);
  }
#else
  static mll::parse_error not_an_expert(const std::filesystem::path& path) {
    return {path.string(), 0, "extension .npy (this program was built without ONNX Runtime)",
            "'" + path.extension().string() + "'"};
  }
  static model_type load_onnx(const std::filesystem::path& file, const mll::onnx_options&) {
    throw not_an_expert(file);
  }
#endif
};

}  // namespace hub_tool
