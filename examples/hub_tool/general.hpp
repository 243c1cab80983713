// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// The general model of a hub: an exported CLIP or the like, which knows classes that no expert does.
#pragma once

#include <mll/graph/semantic_dag.hpp>
#include <mll/label/general_model_labels.hpp>
#include <mll/label/sample_layout.hpp>
#include <mll/match/task/task_match.hpp>
#include <mll/select/evidence/general_heads.hpp>
#include <mll/store/hub_store.hpp>

#include <filesystem>
#include <optional>
#include <string>

#include "commands.hpp"
#include "store_settings.hpp"

#if MLL_TEST_OPENCV && MLL_TEST_ONNXRUNTIME
#include <mll/model/general/load_general_model.hpp>
#include <mll/model/general/load_image_encoder.hpp>
#endif

namespace hub_tool {

/// Keeps the folder of `--general` in the store, or none for `--general none`.
/// Throws: `invalid_argument` for a hub of other samples than images; `parse_error` if the folder is not a
/// general model; `model_error` if its networks cannot be run safely, which a child process tries.
void set_general(mll::hub_store& store, const std::string& folder);

/// The folder that the store keeps; empty if there is none.
std::filesystem::path general_folder(const mll::hub_store& store);

/// Changes with the files of a general model. Throws: `parse_error` if one cannot be read.
std::string general_fingerprint(const std::filesystem::path& folder);

/// The embeddings that `label` kept, of the nodes of a layout; none if the store has no general model.
/// Throws: `invalid_argument` if they are not of the present samples and model.
std::optional<mll::general_model_labels> read_general_labels(const mll::hub_store& store,
                                                             const mll::semantic_dag<>& graph,
                                                             const mll::sample_layout& layout);

/// The heads of the general model of a store for a task; none without a general model.
std::optional<mll::general_heads> read_general_heads(const mll::hub_store& store,
                                                     const std::optional<mll::general_model_labels>& labels,
                                                     const mll::sample_layout& layout,
                                                     const mll::task_match& match);

#if MLL_TEST_OPENCV && MLL_TEST_ONNXRUNTIME
/// Embeds the samples and the words of the nodes whose embeddings are missing.
/// @return the number of nodes embedded
/// Throws: as `set_general`, if the files have changed since.
std::size_t label_general(mll::hub_store& store, const mll::image_folder& samples,
                          const mll::semantic_dag<>& graph, const output& out);
#endif

}  // namespace hub_tool
