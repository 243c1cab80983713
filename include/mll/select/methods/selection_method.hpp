// Copyright the mll authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <concepts>
#include <string>

#include "mll/exec/sequential.hpp"
#include "mll/label/model_labels.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll {

/// A way to choose and combine heads for a task, CHCO and its baselines alike.
///
/// Valid expressions for a `const M m`, a backend b and a `task_evidence` e:
/// - `m(b, e)`: a `ensemble` with votes or a correction for every class, a function of the evidence alone
/// (and
///   of the seed, for a method that draws)
/// - `m.name()`: what to call it in a report
///
/// Models: `chco`, `random_heads`, `single_expert`, `uniform_average`, `top_heads`, `ridge_stacking` and more
/// in `select/baselines`.
template <class M>
concept selection_method =
    std::copyable<M> && requires(const M& method, const task_evidence<model_labels>& evidence) {
      { method(exec::sequential{}, evidence) } -> std::same_as<ensemble>;
      { method.name() } -> std::convertible_to<std::string>;
    };

}  // namespace mll
