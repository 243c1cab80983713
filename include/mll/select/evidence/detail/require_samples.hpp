// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>

#include "mll/core/detail/compiled.hpp"
#include "mll/core/error.hpp"
#include "mll/core/ids.hpp"
#include "mll/match/task/task_match.hpp"

namespace mll::detail {

/// Throws: `invalid_argument` that lists the classes without samples, if there are any.
MLL_LOCAL void require_samples(const task_match& match) {
  std::string missing;
  for (std::size_t y = 0; y < match.classes.size(); ++y) {
    const class_match& found = match.classes[y];
    if (found.sample_count != 0) continue;
    missing += std::string{missing.empty() ? "" : ", "} + "'" + match.task[class_id{y}].name + "' (" +
               (found.coverage == coverage::no_node ? "no node of the graph has this name"
                                                    : "no samples at its node or below it") +
               ")";
  }
  if (!missing.empty())
    throw invalid_argument{"match", "samples for every class, or a general model", "none for " + missing};
}

}  // namespace mll::detail
