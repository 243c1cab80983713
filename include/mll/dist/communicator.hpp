// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

#include "mll/dist/pieces.hpp"

namespace mll::dist {

/// `c.rank()` and `c.size()`.
template <class C>
concept has_ranks = requires(const C& c) {
  { c.rank() } -> std::convertible_to<std::size_t>;
  { c.size() } -> std::convertible_to<std::size_t>;
};

/// `c.all_gather(piece)` and `c.all_to_all(outgoing)`.
template <class C>
concept exchanges_pieces =
    requires(C& c, std::span<const std::byte> piece, std::span<const std::vector<std::byte>> outgoing) {
      { c.all_gather(piece) } -> std::convertible_to<pieces>;
      { c.all_to_all(outgoing) } -> std::convertible_to<pieces>;
    };

/// `c.broadcast(bytes, root)` and `c.barrier()`.
template <class C>
concept synchronises = requires(C& c, std::vector<std::byte>& bytes, std::size_t root) {
  c.broadcast(bytes, root);
  c.barrier();
};

/// The ranks of a job, as far as selection and reuse need them: programs that run the same steps on shares of
/// the data and exchange bytes.
///
/// Valid expressions for a `C c`:
/// - `c.rank()`, `c.size()`: this rank, from 0, and the number of ranks
/// - `c.all_gather(piece)`: the pieces of all ranks, of any lengths, on every rank
/// - `c.all_to_all(outgoing)`: `outgoing[r]` goes to rank r; returns what came from each rank
/// - `c.broadcast(bytes, root)`: replaces `bytes` by those of the rank `root`
/// - `c.barrier()`: waits for all ranks
///
/// Semantics: all ranks make the same calls in the same order. A call returns on every rank, or throws
/// `communication_error` in bounded time on all remaining ranks. There is no reduction: callers sum
/// gathered pieces, in index order, so that they have the same bits for any number of ranks.
///
/// Threads: one call at a time.
///
/// @code
/// struct one_rank {  // a job of this program alone
///   std::size_t rank() const { return 0; }
///   std::size_t size() const { return 1; }
///   mll::dist::pieces all_gather(std::span<const std::byte> piece) {
///     mll::dist::pieces out;
///     out.add(piece);
///     return out;
///   }
///   mll::dist::pieces all_to_all(std::span<const std::vector<std::byte>> outgoing) {
///     return all_gather(outgoing[0]);
///   }
///   void broadcast(std::vector<std::byte>&, std::size_t) {}
///   void barrier() {}
/// };
/// static_assert(mll::dist::communicator<one_rank>);
/// @endcode
///
/// Models: `alone`, `threads::member`, `functions`, `counted`, `mpi`.
template <class C>
concept communicator = has_ranks<C> && exchanges_pieces<C> && synchronises<C>;

}  // namespace mll::dist
