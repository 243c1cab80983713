// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>

namespace mll::detail {

/// The product of extents that a file declares: 0 if one of them is 0, empty if it exceeds `limit`.
[[nodiscard]] constexpr std::optional<std::size_t> checked_product(
    std::span<const std::size_t> extents, std::size_t limit = std::numeric_limits<std::size_t>::max()) {
  if (std::find(extents.begin(), extents.end(), std::size_t{0}) != extents.end()) return 0;
  std::size_t out = 1;
  for (const std::size_t extent : extents) {
    if (extent > limit / out) return std::nullopt;
    out *= extent;
  }
  return out;
}

}  // namespace mll::detail
