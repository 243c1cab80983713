// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/core/random.hpp"
#include "mll/exec/backend.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/selection_method.hpp"

namespace mll {

/// Baseline: per class the mean of some heads drawn at random.
struct random_heads {
  std::size_t count = 3;   ///< heads per class
  std::uint64_t seed = 0;  ///< the same seed draws the same heads

  [[nodiscard]] static std::string name() { return "random_heads"; }

  /// Throws: `invalid_argument` if the count is 0. Complexity: O(classes heads).
  template <exec::execution_backend Backend>
  [[nodiscard]] ensemble operator()(const Backend&, const task_evidence& evidence) const {
    if (count == 0) throw invalid_argument{"count", "at least 1 head per class", "0"};
    random_engine engine{seed};
    std::vector<std::uint32_t> all(evidence.heads().size());
    std::iota(all.begin(), all.end(), 0U);
    const std::size_t kept = std::min(count, all.size());
    ensemble_builder builder;
    for (std::size_t y = 0; y < evidence.class_count(); ++y) {
      shuffle(std::span{all}, engine);
      for (std::size_t i = 0; i < kept; ++i)
        builder.add(y, all[i], {.weight = 1.0F / static_cast<float>(kept)});
    }
    ensemble out = builder.finish(evidence);
    out.scale = vote_scale::probability;
    return out;
  }
};

static_assert(selection_method<random_heads>);

}  // namespace mll
