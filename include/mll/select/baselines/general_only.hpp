// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/exec/backend.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/ensemble/ensemble_builder.hpp"
#include "mll/select/evidence/task_evidence.hpp"
#include "mll/select/methods/selection_method.hpp"

namespace mll {

/// Baseline: the general model alone, without experts.
struct general_only {
  [[nodiscard]] static std::string name() { return "general_only"; }

  /// Throws: `invalid_argument` without a general model. Complexity: O(classes).
  template <exec::execution_backend Backend>
  [[nodiscard]] ensemble operator()(const Backend&, const task_evidence& evidence) const {
    if (evidence.general() == nullptr)
      throw invalid_argument{"general", "general heads (mll::make_general_heads) in the options of select",
                             "none"};
    ensemble_builder builder;
    for (std::size_t y = 0; y < evidence.class_count(); ++y) {
      const head_id own{model_id{}, static_cast<std::uint32_t>(y)};
      builder.add(y, static_cast<std::uint32_t>(evidence.position(own)), {});
    }
    ensemble out = builder.finish(evidence);
    out.scale = vote_scale::log_probability;
    return out;
  }
};

static_assert(selection_method<general_only>);

}  // namespace mll
