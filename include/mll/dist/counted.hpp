// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "mll/dist/communicator.hpp"
#include "mll/dist/pieces.hpp"

namespace mll::dist {

/// Bytes of one collective call on one rank, its own piece included.
struct traffic {
  std::size_t sent = 0;      ///< length of its piece, or of its pieces
  std::size_t received = 0;  ///< length of what the call returned

  friend bool operator==(const traffic&, const traffic&) = default;
};

/// A communicator that counts the bytes of another one.
///
/// @code
/// mll::dist::counted counting{comm};
/// const auto chosen = mll::select(backend, counting, labels_of_this_rank, match);
/// for (const mll::dist::traffic& call : counting.log()) std::cout << call.sent << '\n';
/// @endcode
/// @tparam C models `communicator`
template <communicator C>
class counted {
 public:
  /// @param[in] base must outlive this
  explicit counted(C& base) noexcept : base_{std::addressof(base)} {}

  /// Every call so far, in order.
  [[nodiscard]] std::span<const traffic> log() const noexcept { return log_; }

  [[nodiscard]] std::size_t rank() const { return base_->rank(); }
  [[nodiscard]] std::size_t size() const { return base_->size(); }
  [[nodiscard]] pieces all_gather(std::span<const std::byte> piece) {
    pieces out = base_->all_gather(piece);
    log_.push_back({piece.size(), out.bytes.size()});
    return out;
  }
  [[nodiscard]] pieces all_to_all(std::span<const std::vector<std::byte>> outgoing) {
    pieces out = base_->all_to_all(outgoing);
    std::size_t sent = 0;
    for (const auto& piece : outgoing) sent += piece.size();
    log_.push_back({sent, out.bytes.size()});
    return out;
  }
  void broadcast(std::vector<std::byte>& bytes, std::size_t root) {
    base_->broadcast(bytes, root);
    log_.push_back({rank() == root ? bytes.size() : 0, bytes.size()});
  }
  void barrier() {
    base_->barrier();
    log_.push_back({});
  }

 private:
  C* base_;
  std::vector<traffic> log_;
};

}  // namespace mll::dist
