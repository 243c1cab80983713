// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <string>

#include "mll/core/error.hpp"
#include "mll/exec/backend.hpp"
#include "mll/select/baselines/head_criterion.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/selection_method.hpp"

namespace mll {

/// Baseline: per class the mean of the heads that are best for it one by one. Ties go to the lower position.
///
/// @code
/// using method = mll::top_heads<mll::area_under_roc>;
/// const auto chosen = mll::select(backend, labels, match, mll::select_options<method>{});
/// @endcode
///
/// @tparam Criterion models `head_criterion`: `mean_difference`, `best_f1` or `area_under_roc`
template <head_criterion Criterion = mean_difference>
struct top_heads {
  std::size_t count = 3;  ///< heads per class

  [[nodiscard]] static std::string name() { return std::string{"top_heads<"} + Criterion::name + ">"; }

  /// Throws: `invalid_argument` if the count is 0. Complexity: O(heads rows (log rows + classes)).
  template <exec::execution_backend Backend>
  [[nodiscard]] ensemble operator()(const Backend& backend, const task_evidence& evidence) const {
    if (count == 0) throw invalid_argument{"count", "at least 1 head per class", "0"};
    const auto relevance = detail::measure_heads<Criterion>(backend, evidence);
    ensemble_builder builder;
    for (std::size_t y = 0; y < evidence.class_count(); ++y) {
      const auto best = detail::largest(relevance[y], count);
      for (const std::uint32_t head : best)
        builder.add(y, head, {.weight = 1.0F / static_cast<float>(best.size())});
    }
    ensemble out = builder.finish(evidence);
    out.scale = vote_scale::probability;
    return out;
  }
};

static_assert(selection_method<top_heads<mean_difference>> && selection_method<top_heads<best_f1>> &&
              selection_method<top_heads<area_under_roc>>);

}  // namespace mll
