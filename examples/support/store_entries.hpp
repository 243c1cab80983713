// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Samples and experts in the form in which a store registers them.
#pragma once

#include <mll/core/error.hpp>
#include <mll/model/description/expert_files.hpp>
#include <mll/model/head_names.hpp>
#include <mll/store/content_hash.hpp>
#include <mll/store/store_entries.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>
#if MLL_TEST_OPENCV || MLL_TEST_ONNXRUNTIME
#include <mll/model/description/detail/mll_json.hpp>
#include <mll/model/description/onnx_weight_files.hpp>
#endif

namespace example {

/// An expert on disk.
struct expert_place {
  std::string name;
  std::filesystem::path file;
};

/// A file or folder that is not a sample.
struct skipped_sample {
  std::filesystem::path path;
  std::string reason;
};

/// @tparam Hub `image_hub`, or a struct with the same members
template <class Hub, class Graph>
std::vector<mll::stored_node> node_entries(const typename Hub::samples_type& samples, const Graph& graph) {
  std::vector<mll::stored_node> out;
  for (const mll::node_id v : samples.nodes())
    out.push_back({graph[v].id, samples.sample_count(v), Hub::fingerprint(samples, v)});
  return out;
}

/// Whether a file that is listed cannot be opened now. Pipes and devices are not tried.
inline bool is_unreadable(const std::filesystem::path& file) {
  std::error_code problem;
  const auto status = std::filesystem::status(file, problem);
  if (std::filesystem::is_regular_file(status)) return !std::ifstream{file}.good();
  return !std::filesystem::exists(status);
}

/// Throws: `invalid_argument` if samples that were there before are missing or cannot be read now, so that
/// their labels would be lost: the disk may not be mounted.
/// @param[in] known of the store
/// @param[in] found now
inline void check_samples(const std::vector<mll::stored_node>& known,
                          const std::vector<mll::stored_node>& found,
                          const std::vector<skipped_sample>& skipped) {
  const std::string otherwise = "; --drop-missing drops the labels of what is missing";
  std::map<std::string, std::string> now;
  for (const auto& node : found) now.emplace(node.synset, node.fingerprint);
  std::map<std::string, bool> is_same;  // of the known nodes
  std::size_t missing = 0;
  std::string first;
  for (const auto& node : known) {
    const auto at = now.find(node.synset);
    is_same[node.synset] = at != now.end() && at->second == node.fingerprint;
    if (at == now.end() && ++missing == 1) first = node.synset;
  }
  for (const auto& each : skipped) {
    const auto node = is_same.find(each.path.parent_path().filename().string());
    if (node != is_same.end() && !node->second && is_unreadable(each.path))
      throw mll::invalid_argument{"samples", "to read '" + each.path.string() + "', as before",
                                  "a file that cannot be opened" + otherwise};
  }
  if (missing != 0)
    throw mll::invalid_argument{
        "samples", "those of node '" + first + "', as before",
        (missing == 1 ? "none" : "none, nor of " + std::to_string(missing - 1) + " other nodes") + otherwise};
}

/// The files of an ONNX expert besides its model: what describes it, but for the head names, and its weights.
/// A description that cannot be read has no tokenizer here; whoever loads the expert says why.
inline std::vector<std::filesystem::path> files_beside([[maybe_unused]] const std::filesystem::path& model) {
  std::vector<std::filesystem::path> out;
#if MLL_TEST_OPENCV || MLL_TEST_ONNXRUNTIME
  const auto files = mll::expert_files::find(model);
  out = files.descriptions();
  std::error_code unknown;
  const auto take = [&](const std::filesystem::path& file) {
    if (std::find(out.begin(), out.end(), file) == out.end() && std::filesystem::exists(file, unknown))
      out.push_back(file);
  };
  try {
    if (!files.mll_json.empty()) {
      const auto described = mll::detail::read_mll_json(files.mll_json).tokenizer;
      for (const auto& each : mll::expert_files::with_companions(described.value_or(""))) take(each);
    }
  } catch (const mll::error&) {
  }
  try {
    for (const auto& each : mll::onnx_weight_files(model)) take(each);
  } catch (const mll::error&) {
  }
#endif
  return out;
}

/// Changes with the file of an expert, and with the files beside it that its scores depend on.
/// @param[in] settings what the scores depend on besides the files
/// Throws: `parse_error` if a file cannot be read.
inline std::string model_fingerprint(const std::filesystem::path& file, const std::string& settings) {
  mll::content_hash out;
  out.add(mll::content_hash::of_file(file)).add(settings);
  if (file.extension() != ".onnx") return out.text();
  for (const auto& each : files_beside(file))
    out.add(each.filename().string()).add(mll::content_hash::of_file(each));
  return out.text();
}

/// Changes with the size or the date of a file of an expert. No weights are read.
inline std::string file_dates(const std::filesystem::path& file) {
  mll::content_hash out;
  const auto add = [&](const std::filesystem::path& each) {
    std::error_code problem;
    const auto size = std::filesystem::file_size(each, problem);
    const auto date = std::filesystem::last_write_time(each, problem);
    out.add(each.filename().string());
    if (!problem) out.add(std::to_string(size) + " " + std::to_string(date.time_since_epoch().count()));
  };
  add(file);
  if (file.extension() == ".onnx") {
    for (const auto& each : files_beside(file)) add(each);
#if MLL_TEST_OPENCV || MLL_TEST_ONNXRUNTIME
    add(mll::expert_files::find(file).head_names);
#endif
  } else {
    add(mll::head_names_file(file));
  }
  return out.text();
}

/// The entry of a model that cannot be loaded, and whose files have changed or not: its label must not be
/// used for another model.
inline mll::stored_model unloadable_entry(mll::stored_model known, const std::filesystem::path& file,
                                          const std::string& fingerprint) {
  known.fingerprint = fingerprint;
  const bool is_onnx = file.extension() == ".onnx";
  const auto names = is_onnx ? mll::expert_files::find(file).head_names : mll::head_names_file(file);
  std::error_code problem;
  if (names.empty() || !std::filesystem::exists(names, problem)) return known;
  bool same = false;
  try {
    same = mll::read_head_names(names) == known.heads;
  } catch (const mll::error&) {
  }
  if (!same) known.fingerprint = mll::content_hash{}.add(fingerprint).add("other head names").text();
  return known;
}

/// @param[in] fingerprint `model_fingerprint` before the model was loaded
/// Throws: `parse_error` if the file has changed since.
template <class Hub, class Model>
mll::stored_model model_entry(const std::filesystem::path& file, const Model& model,
                              const std::string& settings, const std::string& fingerprint) {
  mll::stored_model out;
  out.name = file.stem().string();
  out.file = std::filesystem::absolute(file).lexically_normal().string();
  out.fingerprint = fingerprint;
  for (std::size_t h = 0; h < model.head_count(); ++h) out.heads.push_back(model.head_name(h));
  out.parameters = Hub::parameter_count(file);
  out.bytes = std::filesystem::file_size(file);
  if (model_fingerprint(file, settings) != fingerprint)
    throw mll::parse_error{file.string(), 0, "a file that stays the same while it is read", "a changing one"};
  return out;
}

}  // namespace example
