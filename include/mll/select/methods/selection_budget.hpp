// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>
#include <variant>

namespace mll {

/// Budget of a selection: so many heads may speak for a class.
struct heads_per_class {
  std::size_t count = 3;
};
/// Budget of a selection: so many experts may run, and whatever their heads say may be used.
struct experts {
  std::size_t count = 20;
};
/// Budget of a selection: every expert may run.
struct all_experts {};

/// What a selection may cost when it is used.
using selection_budget = std::variant<heads_per_class, experts, all_experts>;

}  // namespace mll
