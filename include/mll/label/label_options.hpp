// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <stop_token>

#include "mll/core/progress.hpp"

namespace mll {

/// What happens to a labelling run when a model fails.
enum class label_failure_policy {
  keep_others,  ///< continue without it and list it in `basic_model_labels::failures`
  stop,         ///< end the run with a `model_error`
};

/// How to label; see `label`.
struct label_options {
  /// Samples per call of a model, and held in memory; at least 1.
  std::size_t batch_size = 256;
  /// Called after each batch of each model, with the name of the model.
  progress_observer observer = {};
  /// Checked before each batch of each model; the run then ends with `cancelled`.
  std::stop_token stop = {};
  label_failure_policy on_failure = label_failure_policy::keep_others;
};

}  // namespace mll
