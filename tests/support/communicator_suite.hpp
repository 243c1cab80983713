// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
//
// What every communicator must do, on each of its ranks.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mll/core/error.hpp"
#include "mll/dist/communicator.hpp"
#include "mll/dist/pieces.hpp"

namespace mll::test {

/// A piece that names its sender and receiver; of another length on each rank, empty on some.
inline std::vector<std::byte> piece_of(std::size_t from, std::size_t to, std::size_t scale = 1) {
  std::vector<std::byte> out((from * 7 + to * 3) % 5 * scale);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::byte>(i * 31 + from * 5 + to);
  return out;
}

/// Runs every operation and compares it with what it is defined to do.
/// @param[in] scale factor of the lengths
/// @return what is wrong on this rank
template <dist::communicator C>
std::optional<std::string> wrong_in_communicator(C& comm, std::size_t scale = 1) {
  const std::size_t rank = comm.rank();
  const std::size_t size = comm.size();
  if (rank >= size) return "rank " + std::to_string(rank) + " of " + std::to_string(size);
  dist::pieces everyones;
  dist::pieces to_me;
  std::vector<std::vector<std::byte>> outgoing;
  for (std::size_t r = 0; r < size; ++r) {
    everyones.add(piece_of(r, 0, scale));
    to_me.add(piece_of(r, rank, scale));
    outgoing.push_back(piece_of(rank, r, scale));
  }
  for (int round = 0; round < 3; ++round) {
    if (static_cast<dist::pieces>(comm.all_gather(piece_of(rank, 0, scale))) != everyones)
      return "all_gather";
    if (static_cast<dist::pieces>(comm.all_to_all(outgoing)) != to_me) return "all_to_all";
    for (std::size_t root = 0; root < size; ++root) {
      std::vector<std::byte> bytes = piece_of(rank, 1, scale);
      comm.broadcast(bytes, root);
      if (bytes != piece_of(root, 1, scale)) return "broadcast of rank " + std::to_string(root);
    }
    comm.barrier();
  }
  const auto refuses = [](const auto& call) {
    try {
      call();
    } catch (const invalid_argument&) {
      return true;
    }
    return false;
  };
  outgoing.emplace_back();
  if (!refuses([&] { static_cast<void>(comm.all_to_all(outgoing)); })) return "a piece too many";
  std::vector<std::byte> bytes;
  if (!refuses([&] { comm.broadcast(bytes, size); })) return "broadcast of a rank that is not there";
  return {};
}

}  // namespace mll::test
