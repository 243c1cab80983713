// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

#define MLL_VERSION_MAJOR 0
#define MLL_VERSION_MINOR 2
#define MLL_VERSION_PATCH 0

namespace mll {

/// The version of the library, `"major.minor.patch"`. The macros `MLL_VERSION_MAJOR`, `MLL_VERSION_MINOR` and
/// `MLL_VERSION_PATCH` are for the preprocessor.
[[nodiscard]] constexpr std::string_view version() noexcept {
  return "0.2.0";
}

}  // namespace mll
