// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Declarations of the types that users name in their own headers, without Eigen. Include the header of a
// type, or mll/mll.hpp, where it must be complete.
#pragma once

#include "mll/core/ids.hpp"
#include "mll/graph/semantic_graph.hpp"
#include "mll/label/responses/response_codec.hpp"

namespace mll {

// Core.
class error;
class invalid_argument;
class parse_error;
class model_error;
class device_error;
class cancelled;
struct progress;

// Exec.
namespace exec {
class sequential;
class omp;
class tbb;
class cuda;
class backend_ref;
}  // namespace exec

// Graph.
class semantic_nodes;
template <semantic_graph Graph>
class semantic_dag;
class lexicon;
class information_content;

// Model.
template <class Sample>
class any_classifier;
template <class Sample>
class hub;
class precomputed_scores;
template <class Sample>
class onnx_classifier;
class onnx_session_cache;
struct onnx_options;

// Label.
class sample_layout;
template <class Sample>
class representation_table;
class image_folder;
template <response_codec Codec>
struct basic_model_label;
template <response_codec Codec>
class basic_model_labels;
struct general_model_labels;
struct label_options;

// Match.
class task;
struct class_match;
struct task_match;
struct match_options;

// Profile.
struct hub_profile;
struct profile_options;
struct profile_update;

// Select.
class general_heads;
struct ensemble;
struct accuracy_estimate;
struct selection;
class task_evidence;

// Reuse.
struct prediction;
template <class Sample>
class zero_shot_classifier;

// Store.
class store_error;
struct store_options;
template <named_codec Codec>
class basic_hub_store;

}  // namespace mll
