// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "mll/label/general_model_labels.hpp"
#include "support/planted_names.hpp"
#include "support/shares.hpp"

namespace mll::test {

/// A planted hub whose classes and heads a small graph knows, and a general model of 5 dimensions that knows
/// nothing.
struct named_hub {
  std::vector<planted_model> models;
  planted_task planted;
  small_dag graph;
  model_labels labels;
  general_model_labels general;

  /// @param[in] counts samples of each class
  named_hub(std::vector<planted_model> of, std::vector<std::size_t> counts, std::uint64_t seed)
      : models{std::move(of)},
        planted{plant(counts, models, seed)},
        graph{named_graph(counts.size())},
        labels{named_labels(planted, models)},
        general{random_noise(planted.truth.size(), 5, seed + 1), random_noise(counts.size(), 5, seed + 2)} {}
};

}  // namespace mll::test
