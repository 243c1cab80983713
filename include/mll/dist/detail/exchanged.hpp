// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mll/dist/communication_error.hpp"
#include "mll/dist/communicator_ref.hpp"
#include "mll/dist/detail/gathered.hpp"
#include "mll/dist/pieces.hpp"

namespace mll::dist::detail {

/// Exchanges what every rank makes for each other rank; as `gathered`, which sends one piece to all.
class exchanged {
 public:
  /// @param[in] work `work(std::span<piece_writer>)`, one per rank
  /// Throws: what `work` throws; `communication_error` with the message of the failing rank.
  template <class Work>
  exchanged(communicator_ref comm, const Work& work) {
    std::vector<piece_writer> mine(comm.size());
    for (piece_writer& piece : mine) piece.put(std::uint8_t{0});
    std::exception_ptr failure;
    try {
      work(std::span{mine});
    } catch (const std::exception& problem) {
      failure = std::current_exception();
      fail(mine, problem.what());
    } catch (...) {
      failure = std::current_exception();
      fail(mine, "an exception that is not a std::exception");
    }
    std::vector<std::vector<std::byte>> outgoing;
    for (piece_writer& piece : mine) outgoing.push_back(std::move(piece.bytes));
    all_ = comm.all_to_all(outgoing);
    if (failure) std::rethrow_exception(failure);
    for (std::size_t rank = 0; rank < all_.size(); ++rank) {
      piece_reader piece{all_[rank]};
      if (piece.get<std::uint8_t>() != 0)
        throw communication_error{"rank " + std::to_string(rank) + ": " + piece.get_text()};
      ranks_.push_back(piece);
    }
  }
  exchanged(const exchanged&) = delete;
  exchanged& operator=(const exchanged&) = delete;
  ~exchanged() = default;

  [[nodiscard]] piece_reader& operator[](std::size_t rank) { return ranks_[rank]; }
  /// Throws: `communication_error` if some rank sent more than was read.
  void finish() const {
    for (const piece_reader& piece : ranks_) piece.finish();
  }

 private:
  static void fail(std::vector<piece_writer>& pieces, const char* why) {
    for (piece_writer& piece : pieces) {
      piece = {};
      piece.put(std::uint8_t{1});
      piece.put_text(why);
    }
  }

  pieces all_;
  std::vector<piece_reader> ranks_;
};

}  // namespace mll::dist::detail
