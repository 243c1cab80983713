// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "mll/dist/communicator_ref.hpp"
#include "mll/dist/detail/gathered.hpp"

namespace mll::dist::detail {

/// Exchanges what every rank makes for each other rank.
class exchanged : public received {
 public:
  /// @param[in] work `work(std::span<piece_writer>)`, one per rank
  /// Throws: what `work` throws; `communication_error` with the message of the failing rank.
  template <class Work>
  exchanged(communicator_ref comm, const Work& work) {
    std::vector<piece_writer> mine(comm.size());
    for (piece_writer& piece : mine) piece.put(std::uint8_t{0});
    if (const auto failure = failure_of([&] { work(std::span{mine}); }))
      mine.assign(mine.size(), failed(*failure));
    std::vector<std::vector<std::byte>> outgoing;
    for (piece_writer& piece : mine) outgoing.push_back(std::move(piece.bytes));
    receive(comm.all_to_all(outgoing));
  }
};

}  // namespace mll::dist::detail
