// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace mll {

/// State of a long-running operation.
struct progress {
  std::string_view stage;   ///< e.g. "labelling"; valid during the call only
  std::string_view detail;  ///< the current item, e.g. the name of a model; valid during the call only
  std::size_t done = 0;     ///< finished units of work
  std::size_t total = 0;    ///< all units of work; `done == total` exactly once, at the end
};

/// Called after each unit of work, by one thread at a time. May be empty.
using progress_observer = std::function<void(const progress&)>;

}  // namespace mll
