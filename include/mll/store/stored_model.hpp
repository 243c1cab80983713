// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mll/core/ids.hpp"

namespace mll {

/// How far the label of a stored model has come.
enum class label_state {
  none,      ///< not labelled
  partial,   ///< some nodes are missing: labelling was interrupted, or samples have come or changed since
  stale,     ///< the model has changed since it was labelled
  complete,  ///< labelled on all samples
};

/// A model as a store knows it: what it is called, where it is, what it costs. The model itself stays where
/// it is.
struct stored_model {
  model_id id = {};       ///< given by the store, never twice; ignored on the way in
  std::string name = {};  ///< unique, not empty
  std::string file = {};  ///< where the model is; may be empty
  std::string content =
      {};  ///< hash of that file (see `content_hash`), or any text that changes with the model
  std::vector<std::string> heads = {};    ///< head names, at least one
  std::uint64_t parameters = 0;           ///< 0: unknown
  std::uint64_t bytes = 0;                ///< size of the file; 0: unknown
  double latency = 0;                     ///< seconds a sample took when it was labelled; 0: not measured
  std::string failure = {};               ///< why labelling last failed; empty: it did not
  label_state state = label_state::none;  ///< ignored on the way in
};

}  // namespace mll
