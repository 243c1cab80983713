// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace mll {

/// How far a long-running operation has come.
struct progress {
  std::string_view stage;   ///< what is being done, e.g. "labelling"; valid during the call only
  std::string_view detail;  ///< what is worked on now, e.g. the name of a model; valid during the call only
  std::size_t done = 0;     ///< units of work finished
  std::size_t total = 0;    ///< units of work in all; `done == total` exactly once, at the end
};

/// Called after each unit of work; never from two threads at once. Empty means silence. A plain callable,
/// so that there is no hook whose name could be misspelled.
using progress_observer = std::function<void(const progress&)>;

}  // namespace mll
