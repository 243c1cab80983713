// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The settings that `init` wrote into a store, and the kind of hub that they select.
#pragma once

#include <mll/core/error.hpp>
#include <mll/graph/semantic_dag.hpp>
#include <mll/store/hub_store.hpp>

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "../support/expert_report.hpp"
#include "vector_hub.hpp"
#if MLL_TEST_ONNXRUNTIME
#include "text_hub.hpp"
#endif
#if MLL_TEST_OPENCV
#include "../support/image_hub.hpp"
#endif

namespace hub_tool {

/// Throws: `invalid_argument` if the store was not made by `init`.
std::string read_setting(const mll::hub_store& store, const char* key);

/// A path as a store keeps it: relative to the folder of the store if it is inside, so that both can be moved
/// together; else absolute. Empty stays empty.
std::string to_stored_path(const std::filesystem::path& store, const std::string& path);
/// A path of a store, relative to the working directory.
std::filesystem::path from_stored_path(const std::filesystem::path& store, const std::string& path);

/// Where a graph is, and how it is read.
struct graph_settings {
  std::string graph;                    // a folder of WordNet, or a file of edges
  std::string words;                    // for a file of edges; may be empty
  std::string part_of_speech = "noun";  // of WordNet
  bool drop_cycles = false;             // of WordNet
};
/// Noun, verb, ...
std::vector<std::string> part_of_speech_names();
graph_settings read_graph_settings(const mll::hub_store& store);
void save_graph_settings(mll::hub_store& store, const graph_settings& graph);

/// @param[out] dropped if not null, the pointers that were dropped
mll::semantic_dag<> read_graph(const graph_settings& from, std::vector<std::string>* dropped = nullptr);
mll::semantic_dag<> read_graph(const mll::hub_store& store);
/// Throws: `invalid_argument` if there are no labels, or they were made with another graph.
mll::semantic_dag<> read_labelled_graph(const mll::hub_store& store);

/// Throws: `invalid_argument` if the folder does not exist.
std::filesystem::path read_representation(const mll::hub_store& store);

/// Keeps how an expert is run, beside its labels; for `list`.
void save_report(mll::hub_store& store, const std::string& expert, const example::expert_report& report);
/// Null if it is not known.
nlohmann::json read_report(const mll::hub_store& store, const std::string& expert);

/// How the files of an expert compare with those that `add` or `label` read.
enum class expert_files_state { unknown, same, changed, missing };
/// `unknown`, ...
const char* to_string(expert_files_state state);
/// By size and date, without reading weights.
expert_files_state compare_dates(const mll::hub_store& store, const mll::stored_model& expert);
/// By content. `unknown` for a store that was not made by `init`.
expert_files_state compare_contents(const mll::hub_store& store, const mll::stored_model& expert);
/// Keeps the sizes and dates of an expert's files, taken before they were read, for `compare_dates`.
void save_dates(mll::hub_store& store, const std::string& expert, const std::string& dates);

/// Forgets what is kept about an expert besides its labels.
void forget_expert(mll::hub_store& store, const std::string& expert);

mll::onnx_options read_network(const mll::hub_store& store);

/// Calls `work` with a `vector_hub`, a `text_hub` or an `image_hub`.
/// Throws: `invalid_argument` if this program was built without what such samples need.
template <class Work>
auto with_hub(const std::string& kind, const Work& work) {
  if (kind == "vectors") return work(vector_hub{});
#if MLL_TEST_ONNXRUNTIME
  if (kind == "texts") return work(text_hub{});
#endif
  if (kind == "texts")
    throw mll::invalid_argument{"--samples",
                                "vectors or images (this program was built without ONNX Runtime)", "'texts'"};
#if MLL_TEST_OPENCV
  cv::setNumThreads(1);  // experts run side by side, one thread each
  return work(example::image_hub{});
#else
  throw mll::invalid_argument{"--samples", "vectors (this program was built without OpenCV)",
                              "'" + kind + "'"};
#endif
}

}  // namespace hub_tool
