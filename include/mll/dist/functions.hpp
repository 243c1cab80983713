// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/dist/communication_error.hpp"
#include "mll/dist/communicator.hpp"
#include "mll/dist/pieces.hpp"

namespace mll::dist {

/// A communicator over a function of the host program, which has its own network (like the network functions
/// of LightGBM).
///
/// @code
/// mll::dist::functions comm{rank, ranks, [&](auto mine, auto lengths, auto out) {
///   host.all_gather(mine.data(), lengths.data(), out.data());
/// }};
/// @endcode
class functions {
 public:
  /// Gathers pieces whose lengths every rank knows.
  /// @param[in]  mine    piece of this rank
  /// @param[in]  lengths `[ranks]`, in bytes
  /// @param[out] out     all pieces, in the order of ranks
  using all_gather_function = std::function<void(
      std::span<const std::byte> mine, std::span<const std::size_t> lengths, std::span<std::byte> out)>;

  /// @param[in] all_gather a collective call of the host; its exceptions are passed on
  /// Throws: `invalid_argument` if `rank` is not below `size` or the function is empty.
  functions(std::size_t rank, std::size_t size, all_gather_function all_gather)
      : rank_{rank}, size_{size}, all_gather_{std::move(all_gather)} {
    if (rank >= size)
      throw invalid_argument{"rank", "a rank below " + std::to_string(size), std::to_string(rank)};
    if (!all_gather_) throw invalid_argument{"all_gather", "a function", "none"};
  }

  [[nodiscard]] std::size_t rank() const noexcept { return rank_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Two calls of the host: of the lengths, 8 bytes per rank, and of the pieces.
  [[nodiscard]] pieces all_gather(std::span<const std::byte> piece) {
    pieces out;
    std::size_t total = 0;
    const std::vector<std::size_t> lengths = lengths_of(piece.size());
    for (const std::size_t length : lengths) out.offset.push_back(total += length);
    out.bytes.resize(total);
    all_gather_(piece, lengths, out.bytes);
    return out;
  }
  /// Gathers everything: every rank receives the pieces of all others, too.
  /// Throws: `invalid_argument` unless there is one piece per rank; `communication_error` if another rank
  /// sent other data.
  [[nodiscard]] pieces all_to_all(std::span<const std::vector<std::byte>> outgoing) {
    if (outgoing.size() != size_) {
      throw invalid_argument{"outgoing", std::to_string(size_) + " pieces, one per rank",
                             std::to_string(outgoing.size())};
    }
    std::vector<std::byte> mine(size_ * sizeof(std::uint64_t));
    for (std::size_t r = 0; r < size_; ++r) {
      const std::uint64_t length = outgoing[r].size();
      std::memcpy(mine.data() + r * sizeof length, &length, sizeof length);
      mine.insert(mine.end(), outgoing[r].begin(), outgoing[r].end());
    }
    const pieces all = all_gather(mine);
    pieces out;
    for (std::size_t from = 0; from < size_; ++from) out.add(piece_for_this_rank(all[from], from));
    return out;
  }
  /// Throws: `invalid_argument` if there is no such rank.
  void broadcast(std::vector<std::byte>& bytes, std::size_t root) {
    if (root >= size_)
      throw invalid_argument{"root", "a rank below " + std::to_string(size_), std::to_string(root)};
    bytes =
        all_gather(rank_ == root ? std::span<const std::byte>{bytes} : std::span<const std::byte>{}).bytes;
  }
  void barrier() { static_cast<void>(lengths_of(0)); }

 private:
  [[nodiscard]] std::span<const std::byte> piece_for_this_rank(std::span<const std::byte> sent,
                                                               std::size_t from) const {
    std::size_t at = size_ * sizeof(std::uint64_t);
    for (std::size_t to = 0; at <= sent.size(); ++to) {
      std::uint64_t length = 0;
      std::memcpy(&length, sent.data() + to * sizeof length, sizeof length);
      if (length > sent.size() - at) break;
      if (to == rank_) return sent.subspan(at, length);
      at += length;
    }
    throw communication_error{"all_to_all: expected one piece per rank from rank " + std::to_string(from) +
                              ", found fewer bytes"};
  }
  [[nodiscard]] std::vector<std::size_t> lengths_of(std::uint64_t mine) {
    const std::vector<std::size_t> each(size_, sizeof mine);
    std::vector<std::uint64_t> found(size_);
    all_gather_(std::as_bytes(std::span{&mine, 1}), each, std::as_writable_bytes(std::span{found}));
    return {found.begin(), found.end()};
  }

  std::size_t rank_;
  std::size_t size_;
  all_gather_function all_gather_;
};

static_assert(communicator<functions>);

}  // namespace mll::dist
