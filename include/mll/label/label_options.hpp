// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <stop_token>

#include "mll/core/progress.hpp"

namespace mll {

/// What becomes of a labelling run when one model breaks its contract or throws.
enum class label_failure_policy {
  keep_others,  ///< go on without it and report it in `basic_model_labels::failures`
  stop,         ///< end the run with a `model_error`
};

/// How to label; see `label`.
struct label_options {
  /// Samples that are held in memory and given to a model at a time; at least 1.
  std::size_t batch_size = 256;
  /// Told after each batch of each model, with the name of the model.
  progress_observer observer = {};
  /// Asked before each batch of each model; the run ends with `cancelled`.
  std::stop_token stop = {};
  label_failure_policy on_failure = label_failure_policy::keep_others;
};

}  // namespace mll
