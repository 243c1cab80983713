// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace mll::dist {

/// What the ranks contributed to a collective call: one piece per rank, in the order of ranks.
struct pieces {
  std::vector<std::byte> bytes;           ///< all pieces, one after another
  std::vector<std::size_t> offset = {0};  ///< `[ranks + 1]`: where the piece of each rank begins

  [[nodiscard]] std::size_t size() const noexcept { return offset.size() - 1; }
  /// The piece of a rank.
  [[nodiscard]] std::span<const std::byte> operator[](std::size_t rank) const {
    return std::span{bytes}.subspan(offset[rank], offset[rank + 1] - offset[rank]);
  }
  /// Appends the piece of the next rank.
  void add(std::span<const std::byte> piece) {
    bytes.insert(bytes.end(), piece.begin(), piece.end());
    offset.push_back(bytes.size());
  }

  friend bool operator==(const pieces&, const pieces&) = default;
};

}  // namespace mll::dist
