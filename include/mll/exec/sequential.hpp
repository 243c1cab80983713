// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string_view>

#include "mll/exec/backend.hpp"

namespace mll::exec {

/// The calling thread only: the reference for all other backends. A plain loop, which needs no library.
///
/// @code
/// const auto labels = mll::label(mll::exec::sequential{}, hub, samples, graph);
/// @endcode
class sequential {
 public:
  [[nodiscard]] static constexpr std::string_view name() noexcept { return "sequential"; }
  [[nodiscard]] static constexpr std::size_t concurrency() noexcept { return 1; }
  /// In index order.
  static void for_each(std::size_t count, index_function_ref f) {
    for (std::size_t i = 0; i < count; ++i) f(i);
  }
};

static_assert(execution_backend<sequential>);

}  // namespace mll::exec
