// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// Commands that run on several ranks, under mpirun: the first rank writes and speaks, the others help.
#pragma once

#include <mll/core/error.hpp>
#include <mll/dist/communicator_ref.hpp>
#include <mll/dist/deal.hpp>
#include <mll/store/store_entries.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace hub_tool {

/// On the first rank: whether the others shall do their part once more, or are done.
inline void call_helpers(mll::dist::communicator_ref ranks, bool again) {
  std::vector<std::byte> word{std::byte{again}};
  ranks.broadcast(word, 0);
}
/// On the others: waits for that word.
[[nodiscard]] inline bool is_help_wanted(mll::dist::communicator_ref ranks) {
  std::vector<std::byte> word;
  ranks.broadcast(word, 0);
  return word.at(0) != std::byte{0};
}

/// The models whose labels a rank reads; all have about as many heads.
[[nodiscard]] inline auto share_of_models(mll::dist::communicator_ref ranks) {
  return [ranks](std::span<const mll::stored_model> models) {
    std::vector<double> heads;
    for (const mll::stored_model& each : models) heads.push_back(static_cast<double>(each.heads.size()));
    std::vector<bool> out;
    for (const std::size_t rank : mll::dist::deal(heads, ranks.size())) out.push_back(rank == ranks.rank());
    return out;
  };
}

/// Throws: `error` unless a text is the same on all ranks.
inline void require_same(mll::dist::communicator_ref ranks, const std::string& text) {
  const auto all = ranks.all_gather(std::as_bytes(std::span{text}));
  for (std::size_t rank = 0; rank < all.size(); ++rank) {
    const auto found = all[rank];
    if (std::string{reinterpret_cast<const char*>(found.data()), found.size()} != text)
      throw mll::error{"rank " + std::to_string(rank) +
                       ": expected the labels that the other ranks read, found others; select again"};
  }
}

}  // namespace hub_tool
