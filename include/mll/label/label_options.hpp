// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <stop_token>

#include "mll/core/progress.hpp"
#include "mll/label/representation/representation.hpp"

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
  /// Memory of the samples of a batch, if the representation tells the size of its samples
  /// (`has_max_sample_bytes`): batches have fewer samples then, at least 1. What models make of them alike,
  /// such as resized images, is made once, and takes half as much (at most 128 MiB).
  std::size_t batch_bytes = std::size_t{256} << 20U;
  /// Called after each batch of each model, with the name of the model.
  progress_observer observer = {};
  /// Checked before each batch of each model; the run then ends with `cancelled`.
  std::stop_token stop = {};
  label_failure_policy on_failure = label_failure_policy::keep_others;
};

namespace detail {

/// Samples per batch by both bounds of the options.
template <class R>
[[nodiscard]] std::size_t bounded_batch_size(const label_options& options, const R& samples) {
  if constexpr (has_max_sample_bytes<R>) {
    const std::size_t bytes = std::max<std::size_t>(1, samples.max_sample_bytes());
    return std::clamp<std::size_t>(options.batch_bytes / bytes, 1,
                                   std::max<std::size_t>(1, options.batch_size));
  } else {
    return options.batch_size;
  }
}

}  // namespace detail

}  // namespace mll
