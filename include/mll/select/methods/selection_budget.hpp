// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <variant>

namespace mll {

/// Budget of a selection: at most `count` heads per class.
struct heads_per_class {
  std::size_t count = 3;
};
/// Budget of a selection: at most `count` experts run; all of their heads may be used.
struct experts {
  std::size_t count = 20;
};
/// Budget of a selection: all experts may run.
struct all_experts {};

/// What a selection may cost at prediction time.
using selection_budget = std::variant<heads_per_class, experts, all_experts>;

}  // namespace mll
