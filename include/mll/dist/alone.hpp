// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/dist/communicator.hpp"
#include "mll/dist/pieces.hpp"

namespace mll::dist {

/// The communicator of a job with one rank.
class alone {
 public:
  [[nodiscard]] std::size_t rank() const noexcept { return 0; }
  [[nodiscard]] std::size_t size() const noexcept { return 1; }
  [[nodiscard]] pieces all_gather(std::span<const std::byte> piece) const {
    pieces out;
    out.add(piece);
    return out;
  }
  /// Throws: `invalid_argument` unless there is one piece.
  [[nodiscard]] pieces all_to_all(std::span<const std::vector<std::byte>> outgoing) const {
    if (outgoing.size() != 1)
      throw invalid_argument{"outgoing", "1 piece, one per rank", std::to_string(outgoing.size())};
    return all_gather(outgoing[0]);
  }
  /// Throws: `invalid_argument` unless the root is 0.
  void broadcast(std::vector<std::byte>& /*bytes*/, std::size_t root) const {
    if (root != 0) throw invalid_argument{"root", "a rank below 1", std::to_string(root)};
  }
  void barrier() const noexcept {}
};

static_assert(communicator<alone>);

}  // namespace mll::dist
