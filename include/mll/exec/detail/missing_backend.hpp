// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "mll/exec/backend.hpp"

namespace mll::exec::detail {

/// The first argument of a stage if somebody forgot the backend.
template <class First>
concept not_a_backend = !execution_backend<First>;

/// What a call without a backend returns, so that the compiler reports the missing backend first.
struct missing_backend {};

/// Fails to compile. A stage calls this in an overload for `not_a_backend` first arguments: one sentence
/// instead of a list of candidates.
template <not_a_backend First>
constexpr missing_backend report_missing_backend() {
  static_assert(execution_backend<First>,
                "the first argument must be an execution backend, e.g. mll::exec::sequential{}");
  return {};
}

}  // namespace mll::exec::detail
