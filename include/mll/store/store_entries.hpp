// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mll/core/ids.hpp"
#include "mll/select/selection.hpp"

namespace mll {

/// How complete the label of a stored model is.
enum class label_state {
  none,      ///< not labelled
  partial,   ///< some nodes are missing: labelling was interrupted, or samples were added or changed since
  stale,     ///< the model has changed since it was labelled
  complete,  ///< labelled on all samples
};

/// A model in a store: name, file and cost. The store does not hold the model itself.
struct stored_model {
  model_id id = {};              ///< assigned by the store, never reused; ignored in arguments
  std::string name = {};         ///< unique, not empty
  std::string file = {};         ///< where the model is; may be empty
  std::string fingerprint = {};  ///< `content_hash` of the file, or any text that changes with the model
  std::vector<std::string> heads = {};    ///< head names, at least one
  std::uint64_t parameters = 0;           ///< 0: unknown
  std::uint64_t bytes = 0;                ///< size of the file; 0: unknown
  double latency = 0;                     ///< seconds per sample, measured while labelling; 0: not measured
  std::string failure = {};               ///< why labelling last failed; empty if it did not
  label_state state = label_state::none;  ///< ignored in arguments
};

/// A node with representation samples in a store.
struct stored_node {
  std::string synset = {};       ///< id in the graph
  std::size_t sample_count = 0;  ///< at least 1
  std::string fingerprint = {};  ///< `content_hash` of the samples, or any text that changes with them

  friend bool operator==(const stored_node&, const stored_node&) = default;
};

/// What `basic_hub_store::set_samples` does with nodes that have samples in the store and are no longer
/// listed.
enum class missing_nodes {
  refuse,  ///< throw, and change nothing: the samples may be on a disk that is not mounted
  drop,    ///< drop them with their labels
};

/// A selection of heads for a task, stored beside the labels that it was made from.
struct stored_selection {
  std::string name = {};  ///< unique, not empty
  /// The selection itself; empty if it was saved by a version of the library that kept only its document.
  std::optional<selection> chosen = {};
  std::string document = {};             ///< the program's own text, such as the query
  std::vector<std::string> models = {};  ///< names of the models that it uses, at least one
  /// `label_basis::of(models)` of the basis that was taken when their labels were read.
  std::string basis = {};
  /// Whether one of these models or its label has changed since; ignored in arguments.
  bool stale = false;
};

}  // namespace mll
