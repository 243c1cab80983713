// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <string>

#include "mll/exec/backend_ref.hpp"
#include "mll/select/ensemble/ensemble.hpp"
#include "mll/select/evidence/task_evidence.hpp"

namespace mll {

/// `m.name()`, a string.
template <class M>
concept has_name = requires(const M& m) {
  { m.name() } -> std::convertible_to<std::string>;
};

/// `m(backend, evidence)`, an ensemble.
template <class M>
concept returns_an_ensemble = requires(const M& m, exec::backend_ref backend, const task_evidence& evidence) {
  { m(backend, evidence) } -> std::same_as<ensemble>;
};

/// A way to choose and combine heads for a task: CHCO and its baselines.
///
/// Valid expressions for a `const M m`:
/// - `m(backend, evidence)`, for an `exec::backend_ref` and a `task_evidence`: an `ensemble` with votes for
///   every class, with a correction or with a general discriminant
/// - `m.name()`: the name of the method in reports, that of its type
///
/// Semantics: the result is a function of the evidence (and of the seed of a randomised method).
///
/// @code
/// struct first_head {  // votes for every class with the first head of the hub
///   std::string name() const { return "first_head"; }
///   mll::ensemble operator()(mll::exec::backend_ref, const mll::task_evidence& evidence) const {
///     mll::ensemble out;
///     out.heads = {evidence.heads().front()};
///     out.votes.assign(evidence.class_count(), {mll::vote{}});
///     return out;
///   }
/// };
/// static_assert(mll::selection_method<first_head>);
/// @endcode
///
/// Models: `chco`, `random_heads`, `single_expert`, `uniform_average`, `top_heads`, `ridge_stacking` and the
/// others in `select/baselines`.
template <class M>
concept selection_method = std::copyable<M> && has_name<M> && returns_an_ensemble<M>;

}  // namespace mll
